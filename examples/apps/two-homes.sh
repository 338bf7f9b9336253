# Two homes on one machine, each with a daemon of its own, paired. Sourced by the examples beside it; `ben` and `ana` are the command line of each.
set -euo pipefail
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/porchlight-example-XXXXXX")
pids=()
at_end() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$dir"; }
trap at_end EXIT

# Becomes the command line of one home: what is killed is then the daemon itself, and not a shell around it.
become() { exec env PORCHLIGHT_HOME="$dir/$1" PORCHLIGHT_NAME="$1" PORCHLIGHT_LISTEN=/ip4/127.0.0.1/tcp/0 PORCHLIGHT_MDNS=false NO_COLOR=1 node "$checkout/daemon/dist/main.js" "${@:2}"; }
ben() { (become ben "$@"); }
ana() { (become ana "$@"); }
# A field of the JSON that a command prints: field .data.link
field() { node -e 'let t="";process.stdin.on("data",(d)=>t+=d).on("end",()=>console.log(eval("JSON.parse(t)"+process.argv[1])))' "$1"; }
# Runs a command until it succeeds, for at most 60 seconds.
until_ok() { for _ in $(seq 150); do "$@" >/dev/null 2>&1 && return; sleep 0.2; done; echo "waited too long for: $*" >&2; tail -n 5 "$dir"/*.log >&2; return 1; }

for name in ben ana; do
  become $name start >"$dir/$name.log" 2>&1 &
  pids+=($!)
done
until_ok ben status
until_ok ana status
ana accept "$(ben invite --as ana --json 2>/dev/null | field .data.link)" --as ben >/dev/null

# Ana reads the card of the one offer that waits for her, and says yes.
ana_says_yes() {
  until_ok has_offer
  ana approve "$(ana asks --json | field '.data.find((ask) => ask.kind === "offer").id')" --yes >/dev/null 2>&1
  until_ok is_in_force "$1"
}
has_offer() { [ -n "$(ana asks --json | field '.data.find((ask) => ask.kind === "offer")?.id ?? ""')" ]; }
is_in_force() { ben grants --json | field ".data.find((g) => g.id === '$1').state" | grep -qx ACTIVE; }
