"""The engines that ship: in this process, in several processes of this machine, on a Ray cluster."""
