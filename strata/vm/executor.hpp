#pragma once
// Applies messages to a state: check, debit, execution, settlement. One executor serves one epoch and one thread at a
// time; flush() ends it. Source: docs/protocol/fvm.md §3.3 to §3.7; ref-fvm fvm/src/executor/default.rs,
// fvm/src/gas/outputs.rs.
#include <memory>

#include <strata/vm/applied.hpp>
#include <strata/vm/buffered_store.hpp>
#include <strata/vm/call_manager.hpp>

namespace strata::vm {

/// Divides the gas money of a message into burns, tip, penalty and refund. `gas_used` must be at most `gas_limit`, and
/// no amount may be negative (checked).
Settlement settle(std::uint64_t gas_used, std::uint64_t gas_limit, const TokenAmount& base_fee,
                  const TokenAmount& fee_cap, const TokenAmount& premium);

ExitCode exit_code_of(Refusal refusal);

/// Explicit messages are in a block, and the sender pays for them. Implicit ones come from the system (cron, rewards):
/// they are free and are not checked before execution. Simulated ones answer questions of people: they use the gas that
/// an explicit message would use, but any actor may be the sender, any nonce will do, and nothing is paid. They count
/// up the sender's nonce, and make an Ethereum account of a placeholder, as explicit ones do.
enum class ApplyKind { explicit_message, implicit_message, simulated_message };

/// Facts of a message's execution that a recorded chain or a vector states. They replace those that native actors
/// cannot compute.
struct Recorded {
    std::uint64_t gas_used = 0;
    /// The message ran out of gas: it ends with exit code 7, and none of its own effects stay.
    bool out_of_gas = false;
};

/// These functions make the implicit messages of an epoch (docs/protocol/fvm.md §3.9).
Message cron_message(ChainEpoch epoch);
Message reward_message(ChainEpoch epoch, Bytes params);

/// An error of apply() or flush() means that this node cannot continue with this state: a block is lost, the disk or a
/// verifying key cannot be read. The message then has no receipt, nothing was written to the base store except blocks
/// that no root names, and the executor answers every later call with the same error.
class Executor {
  public:
    /// `base` and the doors must outlive the executor. Errors: missing_block, malformed state; unsupported for a
    /// network version without gas prices here, or for a state with actor code that the table does not know.
    static Result<std::unique_ptr<Executor>> open(Blockstore& base, const Cid& state_root, MachineConfig config,
                                                  Doors doors);

    /// Applies a message, on a thread with a large stack because calls nest up to kMaxCallDepth (base/large_stack.hpp).
    /// `billed_length` is the number of bytes whose inclusion is paid for (SignedMessage::chain_length). A message that
    /// cannot be applied at all (a gas limit below 1, a negative price) fails with invalid_argument and leaves the
    /// executor as it was.
    Result<Applied> apply(const Message& message, ApplyKind kind, std::size_t billed_length);
    /// Does the same, but takes the gas that was used, and whether it ran out, from `recorded`. Errors: also
    /// verification if the recorded gas exceeds the gas limit.
    Result<Applied> replay(const Message& message, ApplyKind kind, std::size_t billed_length, const Recorded& recorded);

    /// Writes the state and returns its root.
    Result<Cid> flush();
    StateTree& tree() { return *tree_; }
    const MachineConfig& config() const { return config_; }
    /// Lets all later messages be traced: Applied::trace is set for each that was executed.
    void set_tracing(bool on) { tracing_ = on; }
    /// Lets all later messages be watched; null ends that. The watcher must outlive the messages that it sees.
    void set_watcher(CodeWatcher* watcher) { watcher_ = watcher; }

  private:
    Executor(Blockstore& base, MachineConfig config, Doors doors)
        : store_(base), config_(std::move(config)), doors_(doors) {}
    struct Outcome;
    struct Checked;
    Result<Applied> run(const Message& message, ApplyKind kind, std::size_t length,
                        const std::optional<Recorded>& recorded);
    Result<Applied> apply_here(const Message& message, ApplyKind kind, std::size_t length,
                               const std::optional<Recorded>& recorded);
    Result<Checked> check(const Message& message, std::size_t length);
    Result<Checked> check_sender(const Message& message);
    Result<Checked> check_simulated(const Message& message, std::size_t length);
    std::optional<Applied> check_inclusion(const Message& message, std::size_t length) const;
    void debit(Checked checked);
    Result<Outcome> execute(const Message& message, ApplyKind kind, std::size_t length, ActorId sender);
    Status settle_accounts(ActorId sender, const Settlement& settlement);
    Status credit(ActorId id, const TokenAmount& amount);

    BufferedStore store_;
    MachineConfig config_;
    Doors doors_;
    std::optional<StateTree> tree_;
    Manifest manifest_;
    bool tracing_ = false;
    CodeWatcher* watcher_ = nullptr;
    std::optional<Error> broken_;  // the error that ended this executor's use
};

/// Stores a message's events as an AMT of width 5 and returns its root; empty if there are none (docs/protocol/fvm.md
/// §3.7).
Result<std::optional<Cid>> store_events(Blockstore& store, const std::vector<StampedEvent>& events);

}  // namespace strata::vm
