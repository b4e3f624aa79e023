#!/usr/bin/env bash
# A real Slurm of one node on the loopback interface, to test sweeps on: munged, slurmctld and slurmd, without systemd.
#
#     eval "$(scripts/slurm_lab.sh up)"      start it, or find it started; then sbatch, squeue, rnnchaos … hydra/launcher=slurm
#     scripts/slurm_lab.sh down              stop what `up` has started
#     scripts/slurm_lab.sh down --purge      and remove its folder
#
# Needs root; installs Debian's slurm-wlm and munge where they are missing. SLURM_LAB names its folder,
# SLURM_LAB_CPUS the number of CPUs that the node offers. There is no accounting database: `sacct` is a stand-in.
set -euo pipefail

lab=${SLURM_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/rnnchaos/slurm-lab}
cpus=${SLURM_LAB_CPUS:-$(nproc)}
export SLURM_CONF=$lab/slurm.conf

say() { echo "$*" >&2; }

install_packages() {
    if command -v slurmctld slurmd munged >/dev/null; then return; fi
    if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
        say "slurmctld, slurmd and munged are missing, and only root can install them, on Debian or Ubuntu"
        exit 1
    fi
    say "installing slurm-wlm and munge"
    apt-get update -qq >&2
    # RUNLEVEL=1: the packages shall not start services of their own.
    DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends slurm-wlm munge >/dev/null 2>&1
}

make_folders() {
    # munged refuses folders that others may write to.
    install -d -m 0755 "$lab" "$lab"/{state,spool,log,run,bin}
    install -d -m 0700 "$lab/munge"
    if [[ ! -s $lab/munge/key ]]; then
        (umask 077 && dd if=/dev/urandom of="$lab/munge/key" bs=1024 count=1 status=none)
    fi
}

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_ports() {
    local port
    for port in $(seq 16817 2 16917); do
        if is_free "$port" && is_free $((port + 1)); then
            echo "$port"
            return
        fi
    done
    say "no two free ports between 16817 and 16918"
    exit 1
}

write_config() {
    local memory port
    port=$(free_ports)
    memory=$(awk '/MemTotal/ { print int($2 / 1024) - 1024 }' /proc/meminfo)
    cat >"$SLURM_CONF" <<CONF
ClusterName=lab
SlurmctldHost=localhost(127.0.0.1)
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$lab/run/munge.sock
CryptoType=crypto/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$lab/state
SlurmdSpoolDir=$lab/spool
SlurmctldPidFile=$lab/run/slurmctld.pid
SlurmdPidFile=$lab/run/slurmd.pid
SlurmctldLogFile=$lab/log/slurmctld.log
SlurmdLogFile=$lab/log/slurmd.log
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
# Memory is not counted, so that a job may ask for more than there is.
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
ReturnToService=2
JobRequeue=1
# So long that a test can still ask how a job has ended.
MinJobAge=3600
KillWait=10
InactiveLimit=0
NodeName=localhost NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=$memory State=UNKNOWN
PartitionName=debug Nodes=localhost Default=YES MaxTime=INFINITE State=UP
CONF
}

# Without slurmdbd the real sacct refuses; this one tells the states of jobs that slurmctld remembers.
write_sacct() {
    cat >"$lab/bin/sacct" <<'SACCT'
#!/usr/bin/env bash
echo "JobID|State|NodeList"
while (($#)); do
    if [[ $1 == -j ]]; then
        shift
        scontrol --oneliner show job "$1" 2>/dev/null | while read -r line; do
            field() { sed -n "s/.*\b$1=\([^ ]*\).*/\1/p" <<<"$line"; }
            id=$(field JobId) array=$(field ArrayJobId) task=$(field ArrayTaskId)
            if [[ -n $array ]]; then
                case $task in *[-,%]*) id="${array}_[$task]" ;; *) id="${array}_$task" ;; esac
            fi
            echo "$id|$(field JobState)|$(field NodeList)"
        done
    fi
    shift
done
SACCT
    chmod 0755 "$lab/bin/sacct"
}

# The process that a daemon has written down, if it still is that daemon.
pid_of() {
    local pid
    pid=$(cat "$lab/run/$1.pid" 2>/dev/null) || return 1
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$1" ]] && echo "$pid"
}

start_daemons() {
    if ! pid_of munged >/dev/null; then
        rm -f "$lab"/run/munge.sock*
        munged --force --key-file="$lab/munge/key" --socket="$lab/run/munge.sock" --pid-file="$lab/run/munged.pid" \
            --log-file="$lab/log/munged.log" --seed-file="$lab/munge/seed" 2>/dev/null
    fi
    pid_of slurmctld >/dev/null || slurmctld -f "$SLURM_CONF" >&2
    pid_of slurmd >/dev/null || slurmd -N localhost -f "$SLURM_CONF" >&2
}

wait_until_idle() {
    local state
    for _ in $(seq 120); do
        state=$(sinfo --noheader --format=%T 2>/dev/null || true)
        case $state in
            idle | mixed | allocated) return ;;
            down*) scontrol update nodename=localhost state=resume 2>/dev/null || true ;;
        esac
        pid_of slurmctld >/dev/null || break
        sleep 0.5
    done
    say "Slurm did not come up; the last lines of its logs:"
    tail -n 5 "$lab"/log/*.log >&2
    exit 1
}

up() {
    install_packages
    make_folders
    pid_of slurmctld >/dev/null || write_config
    write_sacct
    start_daemons
    wait_until_idle
    say "Slurm is up: $(sinfo --noheader --format='%P %N %c CPUs %T')"
    echo "export SLURM_CONF=$SLURM_CONF PATH=$lab/bin:\$PATH"
}

down() {
    if pid_of slurmctld >/dev/null; then
        timeout 10 scancel --user="$(id -un)" 2>/dev/null || true
        sleep 1
    fi
    local daemon pid
    for daemon in slurmd slurmctld munged; do
        if pid=$(pid_of "$daemon"); then
            kill "$pid"
            for _ in $(seq 40); do
                kill -0 "$pid" 2>/dev/null || break
                sleep 0.25
            done
            kill -9 "$pid" 2>/dev/null || true
        fi
        rm -f "$lab/run/$daemon.pid"
    done
    if [[ ${1:-} == --purge ]]; then rm -rf "$lab"; fi
    say "Slurm is down"
}

case ${1:-} in
    up) up ;;
    down) down "${2:-}" ;;
    *)
        sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
esac
