"""A fresh Debian in a folder, with systemd running in namespaces of its own. It shares the machine's network."""
import pathlib
import shutil
import subprocess
import time

BOOT = r"""
set -e
root=$1
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
# Nothing in it may change the machine's own kernel and devices.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,ro,bind "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount --rbind /dev "$root/dev"
mount --make-rslave "$root/dev"
mount -o remount,ro,bind "$root/dev"
if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
    mount -t cgroup2 none "$root/sys/fs/cgroup"
else
    mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
    for group in systemd memory pids cpu cpuacct; do
        mkdir -p "$root/sys/fs/cgroup/$group"
        [ $group = systemd ] && options=none,name=systemd || options=$group
        mount -t cgroup -o $options cgroup "$root/sys/fs/cgroup/$group"
    done
fi
# As of a real boot: services get what systemd mounts for them, such as credentials.
mount --make-rshared "$root"
export container=lxc
exec chroot "$root" /lib/systemd/systemd --system --unit=multi-user.target --show-status=0
"""
SPACES = ("--mount", "--pid", "--uts", "--ipc", "--cgroup")


class CleanRoot:
    """`base` is made once and kept, since that takes minutes; the root is a copy of it."""

    def __init__(self, base, folder, release="bookworm"):
        self.folder = pathlib.Path(folder)
        self.systemd = None
        if not base.is_dir():
            partial = base.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            subprocess.run(["debootstrap", "--variant=minbase", release, partial], check=True)
            partial.rename(base)
        subprocess.run(["cp", "-a", base, self.folder], check=True)
        shutil.copy("/etc/resolv.conf", self.folder / "etc/resolv.conf")

    def path(self, inside):
        return self.folder / inside.lstrip("/")

    def run(self, *command, check=True):
        """Runs a command in the root: beside systemd if that runs, else with nothing but the system's own folders. It has no input,
        so that what asks a question fails."""
        if self.systemd:
            prefix = ["nsenter", "-t", str(self.init), *("--mount", "--pid", "--uts", "--ipc"), "--root", "--wd"]
        else:
            prefix = ["unshare", "--mount", "--pid", "--fork", "sh", "-c",
                      f'mount -t proc proc "{self.folder}/proc" && mount --rbind /dev "{self.folder}/dev" && exec chroot "{self.folder}" "$@"', "sh"]
        done = subprocess.run([*prefix, *map(str, command)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert not check or done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}"
        return done

    def boot(self):
        self.systemd = subprocess.Popen(
            ["unshare", *SPACES, "--fork", "--kill-child", "bash", "-c", BOOT, "boot", str(self.folder)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        end = time.monotonic() + 60
        while (state := self.run("systemctl", "is-system-running", check=False).stdout.strip()) not in ("running", "degraded"):
            assert self.systemd.poll() is None, self.systemd.stderr.read().decode()
            assert time.monotonic() < end, f"systemd is {state}"
            time.sleep(0.3)

    @property
    def init(self):
        """systemd's process, the child of unshare."""
        children = pathlib.Path(f"/proc/{self.systemd.pid}/task/{self.systemd.pid}/children").read_text().split()
        return children[0] if children else self.systemd.pid

    def stop(self):
        if self.systemd:
            self.systemd.kill()
            self.systemd.wait()
            self.systemd = None
