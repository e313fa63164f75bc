#pragma once
// Small EVM programs for the generator. They jump only forwards, so that every program ends, and never ask for the gas
// that is left, which need not be the same in two implementations. Source of the opcodes: docs/protocol/fvm.md §8.14;
// Ethereum's yellow paper, appendix H.
#include <strata/differential/scene.hpp>

namespace strata::differential {

using EvmWord = Hash256;  // big-endian

EvmWord word_of(std::uint64_t value);
/// An Ethereum address of 20 bytes as a word.
EvmWord word_of_address(BytesView address);
/// The address under which a contract sees an actor without an Ethereum address: 0xff, zeros, its ID.
Bytes masked_address(ActorId id);

/// The address of a precompile of Ethereum or Filecoin, or one beside them.
Bytes some_precompile(Dice& dice);

/// A task of the program of tool_code(). The input is one byte with this number, two words `a` and `b`, and any number
/// of bytes, `rest`.
enum class Tool : std::uint8_t {
    store,          // writes b at a and returns what is at a
    call,           // calls a with value b and input rest; returns success and the answer
    delegate_call,  // the same in its own storage
    static_call,
    create,   // with value b and the initcode rest; returns the address
    create2,  // with salt b
    destroy,  // gives its balance to a
    log0,
    log1,
    log2,
    log3,
    log4,       // topics a, b, a, b, with data rest
    revert,     // with data rest
    give,       // returns rest
    transient,  // writes b at a of the transient storage and returns what is there
    look,       // returns what it sees of a, of block b and of the message
    copy_code,  // returns 64 bytes of the code of a
    invalid,
    store_and_revert,
    count_,
};
inline constexpr std::size_t kTools = static_cast<std::size_t>(Tool::count_);

/// The runtime code of a contract that can do all of that.
const Bytes& tool_code();
Bytes tool_input(Tool tool, const EvmWord& a, const EvmWord& b, BytesView rest);

/// A random program of about `length` opcodes that never lacks an operand, except where it means to.
Bytes random_code(Dice& dice, std::size_t length);
/// Initcode that returns `runtime` as the contract's code.
Bytes initcode_of(BytesView runtime);

}  // namespace strata::differential
