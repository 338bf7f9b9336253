#!/usr/bin/env bash
# Ben lets one friend use the language model on his machine: two connections a minute, and he can stop it in the middle of a sentence.
# Run it: npm run example -- apps/llm-for-a-friend   (Debian: apt-get install curl python3-venv; then examples/apps/llm-install.sh)
. "$(dirname "${BASH_SOURCE[0]}")/two-homes.sh"
venv=${LLM_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/porchlight-llm}

"$venv/bin/python" "$checkout/examples/apps/llm-serve.py" >"$dir/model.log" 2>&1 & pids+=($!)
until_ok grep -q '^http://' "$dir/model.log"
model=$(grep '^http://' "$dir/model.log")
grant=$(ben share "$model" --as model --with ana --allow-changes --per-minute 2 --yes --json 2>/dev/null | field .data.id)
ana_says_yes "$grant"
url=$(ana open ben/model --print)

# What any program for OpenAI's interface sends. The answer comes as events, a word or less in each.
ask() {
  curl --silent --show-error --no-buffer "${url%/}/v1/chat/completions" -H 'Content-Type: application/json' \
    -d '{"messages": [{"role": "user", "content": "'"$1"'"}], "stream": true, "max_tokens": '"$2"', "temperature": 0}'
}
words() { node -e 'let t="";process.stdin.on("data",(d)=>t+=d).on("end",()=>console.log(t.split("\n").filter((l)=>l.startsWith("data: {")).map((l)=>{try{return JSON.parse(l.slice(6)).choices[0].delta.content??""}catch{return""}}).join("")))'; }
pieces() { grep -c '^data: ' "$1" || true; }
has_pieces() { [ "$(pieces "$1")" -ge "$2" ]; }

ask 'Why is the sky blue? One sentence.' 30 >"$dir/sky"
echo "the model says: $(words <"$dir/sky" | head -1)"
echo "it came whole: $(grep -c '^data: \[DONE\]' "$dir/sky"), in more than ten pieces: $([ "$(pieces "$dir/sky")" -gt 10 ] && echo yes)"

# Two long answers at once are two connections; the third within a minute is one too many, and Ben's side says so.
ask 'Tell a very long story about a lighthouse.' 3000 >"$dir/story" 2>"$dir/story.error" & story=$!
ask 'Tell a very long story about a garden.' 3000 >"$dir/garden" 2>/dev/null & garden=$!
until_ok has_pieces "$dir/story" 20
until_ok has_pieces "$dir/garden" 5
echo "a third within the minute: HTTP $(curl --silent -o /dev/null -w '%{http_code}' "${url%/}/v1/models")"

# In the middle of the story Ben stops it.
ben revoke "$grant" >/dev/null
at_revocation=$(pieces "$dir/story")
wait "$story" || echo "the story broke off: $(cut -d' ' -f3- "$dir/story.error")"
wait "$garden" || true
echo "it never said that it was done: $(grep -q '\[DONE\]' "$dir/story" || echo right), and nothing came after: $([ "$(pieces "$dir/story")" -le "$at_revocation" ] && echo right)"
echo "asking again: HTTP $(curl --silent -o /dev/null -w '%{http_code}' "${url%/}/v1/models")"
