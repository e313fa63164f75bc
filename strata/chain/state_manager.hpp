#pragma once
// Executes tipsets: the state and the receipts that a chain leads to. Source: fvm.md §3.9, node.md §9
// (lotus chain/consensus/compute_state.go). Thread-safe; one execution at a time.
#include <strata/chain/chain_store.hpp>
#include <strata/chain/network.hpp>
#include <strata/vm/executor.hpp>

namespace strata::chain {

struct TipsetState {
    Cid state_root;
    Cid receipts_root;
    STRATA_CBOR_TUPLE(state_root, receipts_root);
    friend bool operator==(const TipsetState&, const TipsetState&) = default;
};

struct Executed {
    Cid cid;  // of the unsigned message
    Message message;
    vm::Applied applied;
};

struct TipsetExecution {
    TipsetState state;
    std::vector<Executed> messages;  // in the order of the receipts
    std::vector<Executed> implicit;  // rewards and cron, in the order they ran
};

/// A message of a block with the length that its inclusion is billed for.
struct ChainMessage {
    Message message;
    std::size_t length = 0;
};

class StateManager {
  public:
    /// All must outlive the manager.
    StateManager(ChainStore& chain, const Network& network, vm::ProofVerifier& proofs, const vm::ActorTable& actors)
        : chain_(chain), network_(network), proofs_(proofs), actors_(actors) {}

    /// State after a tipset, from the records or by executing it once; its parent state must be in the store.
    /// Errors: missing_block; verification if a block breaks a rule that makes its tipset impossible to execute.
    Result<TipsetState> state_after(const TipsetPtr& tipset);
    /// The state after a tipset if it is on record, so that nothing is executed; else empty. Errors: io, malformed.
    Result<std::optional<TipsetState>> known_state_after(const Tipset& tipset);
    /// What state_after() shall answer from now on: a result that is known from elsewhere (an imported chain's headers
    /// name it), whose blocks are in the store.
    Status record(const Tipset& tipset, const TipsetState& state);

    /// Executes a tipset on the state its headers name. `recorded`: receipts known from elsewhere, whose gas is taken
    /// over (native actors cannot reproduce the gas of the official ones).
    Result<TipsetExecution> execute(const Tipset& tipset, const std::vector<Receipt>* recorded = nullptr);

    /// The messages of each block that are executed, in order; messages that are no longer applicable are left out.
    Result<std::vector<std::vector<ChainMessage>>> messages_of(const Tipset& tipset);

    enum class Simulate {
        free,  // by anybody, without preflight and payment: StateCall
        paid,  // as in a block: gas estimation
    };
    /// Runs `messages` in a block that would follow `tipset`; nothing is kept. Returns the last one's result.
    Result<vm::Applied> simulate(const TipsetPtr& tipset, const std::vector<ChainMessage>& messages, Simulate how);

    ChainStore& chain() { return chain_; }
    const Network& network() const { return network_; }

  private:
    struct Run;
    Result<vm::MachineConfig> config_at(ChainEpoch epoch, std::uint64_t timestamp, const TokenAmount& base_fee,
                                        const Cid& base_state);
    Result<Cid> run_null_rounds(const Tipset& tipset, ChainEpoch parent_height, vm::Doors doors);
    Status run_cron(vm::Executor& executor, ChainEpoch epoch, std::vector<Executed>& log);
    Status run_block(Run& run, const BlockHeader& block, const std::vector<ChainMessage>& messages);

    ChainStore& chain_;
    const Network& network_;
    vm::ProofVerifier& proofs_;
    const vm::ActorTable& actors_;
    std::mutex mutex_;
};

}  // namespace strata::chain
