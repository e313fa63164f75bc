#pragma once
// The calls of a message as Ethereum tools see them: calls of contracts and natives, and creations. The details of how
// Filecoin implements them (the EAM, the init actor, GetBytecode) are left out. Source: docs/protocol/node.md §29
// (lotus node/impl/eth/trace.go); OpenEthereum's trace module and go-ethereum eth/tracers/native for the two forms as
// JSON.
#include <strata/api/context.hpp>
#include <strata/api/ethereum_json.hpp>
#include <strata/vm/trace.hpp>

namespace strata::api {

/// One call or creation.
struct EvmCall {
    enum class Kind { call, static_call, delegate_call, create, create2 };
    Kind kind = Kind::call;
    EthereumAddress from{};
    EthereumAddress to{};                    // of a call; for DELEGATECALL, whose code runs
    std::optional<EthereumAddress> created;  // by a creation that succeeded
    std::uint64_t gas = 0;
    std::uint64_t gas_used = 0;
    TokenAmount value;
    Bytes input;   // or the initcode
    Bytes output;  // or the code: 0xfe stands for it, because the trace does not have it
    std::uint32_t exit_code = 0;
    std::string error;                      // in Lotus' words; empty on success
    const vm::CallTrace* call = nullptr;    // what it was made from
    const vm::CallTrace* inside = nullptr;  // the call whose subcalls and events are this one's
    std::vector<std::size_t> path;          // the position among the subcalls of each call from the message down
    std::size_t subcalls = 0;

    bool is_create() const { return kind == Kind::create || kind == Kind::create2; }
    bool failed() const { return exit_code != 0; }
};

/// Lists the calls of a message, each before its subcalls. Empty for a message that ran no actor. `sender` is its
/// sender's Ethereum address. Errors: malformed for a trace that contracts cannot have caused.
Result<std::vector<EvmCall>> evm_calls(const vm::CallTrace& message, const vm::Manifest& manifest,
                                       const EthereumAddress& sender);

/// Returns the address under which contracts see an actor.
EthereumAddress seen_address(ActorId id, const vm::ActorState& state);

/// Prints a call in the form of OpenEthereum, as Lotus does: {action, result, subtraces, traceAddress, type, error}.
Json print_flat(const EvmCall& call);

}  // namespace strata::api
