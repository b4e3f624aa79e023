"""The cells of a sweep on a Slurm cluster: job arrays that save, are requeued and go on by themselves."""
