#pragma once
// The instruction set: numbers, and for each instruction how many words it takes and whether it may make the stack
// longer. Source: builtin-actors actors/evm/src/interpreter/execution.rs, instructions/mod.rs.
#include <array>
#include <cstdint>

namespace strata::actors::evm {

enum class Op : std::uint8_t {
    stop = 0x00,
    add = 0x01,
    mul = 0x02,
    sub = 0x03,
    div = 0x04,
    sdiv = 0x05,
    mod = 0x06,
    smod = 0x07,
    addmod = 0x08,
    mulmod = 0x09,
    exp = 0x0a,
    signextend = 0x0b,
    lt = 0x10,
    gt = 0x11,
    slt = 0x12,
    sgt = 0x13,
    eq = 0x14,
    iszero = 0x15,
    bit_and = 0x16,
    bit_or = 0x17,
    bit_xor = 0x18,
    bit_not = 0x19,
    byte = 0x1a,
    shl = 0x1b,
    shr = 0x1c,
    sar = 0x1d,
    clz = 0x1e,
    keccak256 = 0x20,
    address = 0x30,
    balance = 0x31,
    origin = 0x32,
    caller = 0x33,
    callvalue = 0x34,
    calldataload = 0x35,
    calldatasize = 0x36,
    calldatacopy = 0x37,
    codesize = 0x38,
    codecopy = 0x39,
    gasprice = 0x3a,
    extcodesize = 0x3b,
    extcodecopy = 0x3c,
    returndatasize = 0x3d,
    returndatacopy = 0x3e,
    extcodehash = 0x3f,
    blockhash = 0x40,
    coinbase = 0x41,
    timestamp = 0x42,
    number = 0x43,
    prevrandao = 0x44,
    gaslimit = 0x45,
    chainid = 0x46,
    selfbalance = 0x47,
    basefee = 0x48,
    pop = 0x50,
    mload = 0x51,
    mstore = 0x52,
    mstore8 = 0x53,
    sload = 0x54,
    sstore = 0x55,
    jump = 0x56,
    jumpi = 0x57,
    pc = 0x58,
    msize = 0x59,
    gas = 0x5a,
    jumpdest = 0x5b,
    tload = 0x5c,
    tstore = 0x5d,
    mcopy = 0x5e,
    push0 = 0x5f,
    push1 = 0x60,
    push32 = 0x7f,
    dup1 = 0x80,
    dup16 = 0x8f,
    swap1 = 0x90,
    swap16 = 0x9f,
    log0 = 0xa0,
    log4 = 0xa4,
    create = 0xf0,
    call = 0xf1,
    ret = 0xf3,
    delegatecall = 0xf4,
    create2 = 0xf5,
    staticcall = 0xfa,
    revert = 0xfd,
    invalid = 0xfe,
    selfdestruct = 0xff,
};

struct OpShape {
    bool defined = false;
    bool grows = false;       // leaves one word more than it found, so the stack must not be full
    std::uint8_t inputs = 0;  // words that must be on the stack
};

constexpr std::array<OpShape, 256> op_shapes() {
    std::array<OpShape, 256> out;
    const auto set = [&](Op first, Op last, unsigned inputs, bool grows = false) {
        for (unsigned op = static_cast<unsigned>(first); op <= static_cast<unsigned>(last); ++op)
            out[op] = {true, grows, static_cast<std::uint8_t>(inputs)};
    };
    const auto one = [&](Op op, unsigned inputs, bool grows = false) { set(op, op, inputs, grows); };
    one(Op::stop, 0);
    set(Op::add, Op::signextend, 2);
    set(Op::addmod, Op::mulmod, 3);
    set(Op::lt, Op::sar, 2);
    one(Op::iszero, 1);
    one(Op::bit_not, 1);
    one(Op::clz, 1);
    one(Op::keccak256, 2);
    set(Op::address, Op::basefee, 0, true);
    one(Op::balance, 1);
    one(Op::calldataload, 1);
    one(Op::calldatacopy, 3);
    one(Op::codecopy, 3);
    one(Op::extcodesize, 1);
    one(Op::extcodecopy, 4);
    one(Op::returndatacopy, 3);
    one(Op::extcodehash, 1);
    one(Op::blockhash, 1);
    set(Op::pop, Op::mload, 1);
    set(Op::mstore, Op::mstore8, 2);
    one(Op::sload, 1);
    one(Op::sstore, 2);
    one(Op::jump, 1);
    one(Op::jumpi, 2);
    set(Op::pc, Op::gas, 0, true);
    one(Op::jumpdest, 0);
    one(Op::tload, 1);
    one(Op::tstore, 2);
    one(Op::mcopy, 3);
    set(Op::push0, Op::push32, 0, true);
    for (unsigned n = 1; n <= 16; ++n) {
        out[static_cast<unsigned>(Op::dup1) + n - 1] = {true, true, static_cast<std::uint8_t>(n)};
        out[static_cast<unsigned>(Op::swap1) + n - 1] = {true, false, static_cast<std::uint8_t>(n + 1)};
    }
    for (unsigned topics = 0; topics <= 4; ++topics)
        out[static_cast<unsigned>(Op::log0) + topics] = {true, false, static_cast<std::uint8_t>(2 + topics)};
    one(Op::create, 3);
    one(Op::call, 7);
    one(Op::ret, 2);
    one(Op::delegatecall, 6);
    one(Op::create2, 4);
    one(Op::staticcall, 6);
    one(Op::revert, 2);
    one(Op::invalid, 0);
    one(Op::selfdestruct, 1);
    return out;
}
inline constexpr std::array<OpShape, 256> kOpShapes = op_shapes();

}  // namespace strata::actors::evm
