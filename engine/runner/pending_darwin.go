package runner

// inQueue asks how many bytes there are to read: FIONREAD, which package unix doesn't have here.
const inQueue = 0x4004667f
