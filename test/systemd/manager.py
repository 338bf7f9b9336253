"""Stands in for systemd's notification socket (a Unix datagram socket, which Node cannot open): prints what arrives, a message a line.

systemd-notify ends each visit with a barrier, which only says that what came before was read.
"""
import os
import socket
import sys

listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print("listening", flush=True)
while True:
    message, files, _, _ = socket.recv_fds(listener, 4096, 4)
    for file in files:  # systemd-notify waits until its barrier is closed
        os.close(file)
    if message != b"BARRIER=1":
        print(message.decode().replace("\n", " "), flush=True)
