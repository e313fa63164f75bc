#pragma once
// The instruction set: numbers, and for each instruction how many words it takes and whether it may make the stack
// longer. Source: builtin-actors actors/evm/src/interpreter/execution.rs, instructions/mod.rs.
#include <array>
#include <cstdint>

namespace strata::actors::evm {

enum class Op : std::uint8_t {
    stop = 0x00,
    add,
    mul,
    sub,
    div,
    sdiv,
    mod,
    smod,
    addmod,
    mulmod,
    exp,
    signextend,
    lt = 0x10,
    gt,
    slt,
    sgt,
    eq,
    iszero,
    bit_and,
    bit_or,
    bit_xor,
    bit_not,
    byte,
    shl,
    shr,
    sar,
    clz,
    keccak256 = 0x20,
    address = 0x30,
    balance,
    origin,
    caller,
    callvalue,
    calldataload,
    calldatasize,
    calldatacopy,
    codesize,
    codecopy,
    gasprice,
    extcodesize,
    extcodecopy,
    returndatasize,
    returndatacopy,
    extcodehash,
    blockhash = 0x40,
    coinbase,
    timestamp,
    number,
    prevrandao,
    gaslimit,
    chainid,
    selfbalance,
    basefee,
    pop = 0x50,
    mload,
    mstore,
    mstore8,
    sload,
    sstore,
    jump,
    jumpi,
    pc,
    msize,
    gas,
    jumpdest,
    tload,
    tstore,
    mcopy,
    push0,
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
