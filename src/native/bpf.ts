/*
 * Classic BPF programs for SO_ATTACH_FILTER; linux/filter.h, linux/bpf_common.h. Loads are in network order.
 */

/** Opcodes, named by what they do. */
export const LOAD_BYTE = 0x30; // BPF_LD | BPF_B | BPF_ABS: A = packet[k]
export const LOAD_HALF = 0x28; // BPF_LD | BPF_H | BPF_ABS
export const LOAD_BYTE_AT_X = 0x50; // BPF_LD | BPF_B | BPF_IND: A = packet[X + k]
export const LOAD_HALF_AT_X = 0x48; // BPF_LD | BPF_H | BPF_IND
export const LOAD_IP_HEADER_LENGTH = 0xb1; // BPF_LDX | BPF_B | BPF_MSH: X = 4 * (packet[k] & 0xf)
export const ADD_X = 0x0c; // BPF_ALU | BPF_ADD | BPF_X: A += X
export const AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
export const SHIFT_LEFT = 0x64; // BPF_ALU | BPF_LSH | BPF_K
export const COPY_TO_X = 0x07; // BPF_MISC | BPF_TAX: X = A
const JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K

/** One step of a program: an operation on its constant, a comparison of A, or an end. */
export type Step =
  | { readonly label?: string; readonly operation: number; readonly k?: number }
  | { readonly label?: string; readonly equals: number; readonly to: string; readonly otherwise: string };

/** Jump targets that every program has: hand the packet to the socket, or forget it. */
export const PASS = 'pass';
export const DROP = 'drop';
/** A comparison may go on with the step that follows it. */
export const NEXT = 'next';

/**
 * Assembles a program into struct sock_filter[]; a step without a jump goes on with the next one, the last
 * steps are PASS and DROP. Throws RangeError for an unknown label or a jump back, which the kernel would
 * refuse.
 */
export function assemble(steps: readonly Step[]): Uint8Array {
  const labels = new Map([
    [PASS, steps.length],
    [DROP, steps.length + 1],
  ]);
  steps.forEach(({ label }, index) => label !== undefined && labels.set(label, index));
  const program = new Uint8Array((steps.length + 2) * 8);
  const view = new DataView(program.buffer);
  const write = (index: number, code: number, k: number, to = 0, otherwise = 0) => {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, to);
    view.setUint8(index * 8 + 3, otherwise);
    view.setUint32(index * 8 + 4, k, true);
  };
  const distance = (index: number, label: string) => {
    const jump = label === NEXT ? 0 : (labels.get(label) ?? Number.NaN) - index - 1;
    if (!(jump >= 0 && jump <= 255)) throw new RangeError(`step ${index} cannot jump to "${label}"`);
    return jump;
  };
  steps.forEach((step, index) => {
    if ('operation' in step) write(index, step.operation, step.k ?? 0);
    else write(index, JUMP_IF_EQUAL, step.equals, distance(index, step.to), distance(index, step.otherwise));
  });
  write(steps.length, RETURN, 0xffff_ffff);
  write(steps.length + 1, RETURN, 0);
  return program;
}
