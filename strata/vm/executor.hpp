#pragma once
// Applies messages to a state: preflight, execution, settlement. One epoch, one thread; then flush().
// Source: fvm.md §3.3 to §3.7; ref-fvm fvm/src/executor/default.rs, fvm/src/gas/outputs.rs.
#include <memory>

#include <strata/types/message.hpp>
#include <strata/vm/buffered_store.hpp>
#include <strata/vm/call_manager.hpp>

namespace strata::vm {

/// Where the gas of a message went (fvm.md §3.5). All amounts in atto.
struct Settlement {
    TokenAmount base_fee_burn;
    TokenAmount over_estimation_burn;
    TokenAmount miner_tip;
    TokenAmount penalty;  // charged to the block's miner
    TokenAmount refund;
    std::uint64_t gas_refund = 0;
    std::uint64_t gas_burned = 0;
};

Settlement settle(std::uint64_t gas_used, std::uint64_t gas_limit, const TokenAmount& base_fee,
                  const TokenAmount& fee_cap, const TokenAmount& premium);

struct Applied {
    Receipt receipt;
    Settlement settlement;
    std::vector<StampedEvent> events;
    std::string failure;  // for people; empty on success
};

/// Explicit: in a block, paid for. Implicit: by the system (cron, rewards), free and without preflight.
enum class ApplyKind { explicit_message, implicit_message };

/// What is known of a message's execution from elsewhere: a recorded chain or vector run with native actors.
struct Recorded {
    std::uint64_t gas_used = 0;
    /// It ran out of gas: exit 7, and none of its own effects stay.
    bool out_of_gas = false;
};

/// The implicit messages of an epoch (fvm.md §3.9).
Message cron_message(ChainEpoch epoch);
Message reward_message(ChainEpoch epoch, Bytes params);

class Executor {
  public:
    /// `base` and the doors must outlive the executor. Errors: missing_block, malformed state.
    static Result<std::unique_ptr<Executor>> open(Blockstore& base, const Cid& state_root, MachineConfig config,
                                                  Doors doors);

    /// `billed_length`: bytes that inclusion is paid for (SignedMessage::chain_length). An Error is fatal: this node
    /// cannot go on. A message that cannot be applied at all is invalid_argument (gas limit 0 or negative).
    Result<Applied> apply(const Message& message, ApplyKind kind, std::size_t billed_length,
                          const std::optional<Recorded>& recorded = std::nullopt);

    /// Writes the state; returns its root.
    Result<Cid> flush();
    StateTree& tree() { return *tree_; }
    const MachineConfig& config() const { return config_; }
    /// Gas charges of the messages from here on; nullptr stops.
    void trace_into(std::vector<GasCharge>* trace) { trace_ = trace; }

  private:
    Executor(Blockstore& base, MachineConfig config, Doors doors)
        : store_(base), config_(std::move(config)), doors_(doors) {}
    struct Outcome;
    struct Sender;
    Result<std::optional<Applied>> preflight(const Message& message, std::size_t length, Sender& sender);
    Result<Outcome> execute(const Message& message, ApplyKind kind, std::size_t length, ActorId sender);
    Status settle_accounts(ActorId sender, const Settlement& settlement);
    Status credit(ActorId id, const TokenAmount& amount);

    BufferedStore store_;
    MachineConfig config_;
    Doors doors_;
    std::optional<StateTree> tree_;
    Manifest manifest_;
    std::vector<GasCharge>* trace_ = nullptr;
};

/// Root of the AMT (width 5) of a message's events; nothing if there are none (fvm.md §3.7).
Result<std::optional<Cid>> store_events(Blockstore& store, const std::vector<StampedEvent>& events);

}  // namespace strata::vm
