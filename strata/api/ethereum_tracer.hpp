#pragma once
// Tracers of single messages, with the names and forms of go-ethereum: the struct logger, callTracer, prestateTracer,
// flatCallTracer, 4byteTracer and noopTracer; and OpenEthereum's trace and stateDiff. Source: go-ethereum eth/tracers
// (api.go, native/*.go); https://openethereum.github.io/JSONRPC-trace-module.
#include <memory>

#include <strata/api/ethereum_access.hpp>
#include <strata/api/ethereum_account.hpp>
#include <strata/api/ethereum_steps.hpp>
#include <strata/api/ethereum_trace.hpp>

namespace strata::api {

/// Says how a caller wants a message to be traced.
struct TracerChoice {
    enum class Kind { steps, calls, prestate, flat_calls, four_bytes, nothing };
    Kind kind = Kind::steps;
    StepRecorder::Form steps;
    PrestateForm prestate;
    bool only_top_call = false;  // callTracer
    bool with_logs = false;      // callTracer
};
/// Reads the options of debug_trace*: {tracer, tracerConfig, disableStack, …}. Errors: malformed for a tracer that is
/// not one of these.
Status read(const Json& from, TracerChoice& to);

/// Where a message is on the chain, for tracers that say it.
struct TracedPlace {
    Hash256 block{};
    ChainEpoch number = 0;
    Hash256 transaction{};
    std::size_t index = 0;
};

/// A message that ran, with the states before and after it.
struct TracedMessage {
    const vm::Applied& applied;
    Blockstore& blocks;
    Cid before, after;
    const vm::Manifest& manifest;
    EthereumAddress sender{};
    std::uint64_t gas_limit = 0;       // of the message
    std::optional<TracedPlace> place;  // empty for a call that is on no chain
};

/// Traces one message. The watcher is set at the executor while the message runs.
class MessageTracer {
  public:
    /// `bytes` is the most that the result may take.
    MessageTracer(const TracerChoice& choice, std::size_t bytes);
    /// Null if the tracer needs none.
    vm::CodeWatcher* watcher() const;
    /// Whether the tracer looks at the states before and after the message.
    bool needs_states() const { return choice_.kind == TracerChoice::Kind::prestate; }
    Result<Text> result(const TracedMessage& message);

  private:
    TracerChoice choice_;
    std::size_t bytes_;
    std::unique_ptr<StepRecorder> steps_;
    std::unique_ptr<AccessWatcher> access_;
};

/// Returns the accounts that a message touched: sender, recipients and creations of all calls, and what `access` saw.
Touched touched_by(const std::vector<EvmCall>& calls, const EthereumAddress& sender, Touched access);

/// Returns the calls of a message that was traced; empty if it ran no actor. Errors: too_large if the trace was cut.
Result<std::vector<EvmCall>> calls_of(const vm::Applied& applied, const vm::Manifest& manifest,
                                      const EthereumAddress& sender);

}  // namespace strata::api
