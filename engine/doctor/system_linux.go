package doctor

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Numbers of file systems that several machines share, or that only pass locks on (statfs(2)).
var sharedKinds = map[int64]string{
	0x6969: "NFS", 0x517b: "SMB", 0xff534d42: "CIFS", 0xfe534d42: "SMB", 0x01021997: "9P (a folder of the machine's host)",
	0x5346414f: "AFS", 0x73757245: "Coda", 0x00c36400: "Ceph", 0x0bd00bd0: "Lustre", 0x47504653: "GPFS",
}

var localKinds = map[int64]string{
	0xef53: "ext4", 0x9123683e: "Btrfs", 0x58465342: "XFS", 0x01021994: "tmpfs (it is empty after a restart)", 0x794c7630: "overlay",
	0x2fc12fc1: "ZFS", 0xf2f52010: "F2FS",
}

func filesystemKind(path string) (kind string, shared bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return "", false
	}
	id := int64(s.Type) & 0xffffffff
	if name, ok := sharedKinds[id]; ok {
		return name, true
	}
	return localKinds[id], false
}

// isWSL1: its kernel calls itself Microsoft's with a capital letter, that of WSL 2 without.
func isWSL1() bool {
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	return err == nil && strings.Contains(string(release), "Microsoft") && !strings.Contains(string(release), "WSL2")
}
