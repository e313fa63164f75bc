#pragma once
// Runs the VM at epoch 0 of a network that is being made. Use it from one thread.
#include <strata/actors/bundle.hpp>
#include <strata/actors/read/state_of.hpp>
#include <strata/chain/network.hpp>
#include <strata/vm/externs.hpp>

namespace strata::vm {
class Executor;
}

namespace strata::chain::genesis {

class Machine {
  public:
    /// Opens a machine on a state that holds only the system actor. All arguments must outlive the machine.
    static Result<std::unique_ptr<Machine>> open(Blockstore& store, const Network& network, const vm::Manifest& bundle,
                                                 const vm::ActorTable& actors);

    const Network& network() const { return network_; }
    vm::StateTree& tree();
    Blockstore& store();

    struct Actor {
        Cid head;
        TokenAmount balance;
        std::optional<Address> delegated;
    };
    void create(ActorId id, vm::ActorType type, const Actor& actor);
    /// Creates an actor whose state is the empty array.
    Status create_stateless(ActorId id, vm::ActorType type, const std::optional<Address>& delegated = {});
    /// Creates an actor and runs its constructor. `params` is CBOR or empty.
    Status construct(ActorId id, vm::ActorType type, const TokenAmount& balance, Bytes params);

    template <class S>
    Result<S> state(ActorId id) {
        return actors::state_of<S>(tree(), id);
    }
    template <class S>
    Status set_state(ActorId id, const S& state) {
        STRATA_TRY(auto actor, tree().get(id));
        if (!actor) return fail(Errc::internal, "genesis: the state has no actor f0" + std::to_string(id));
        STRATA_TRY(actor->head, put_cbor(store(), state));
        tree().set(id, std::move(*actor));
        return {};
    }

    /// Executes a message of the system, without gas. Its nonce is not checked, but the address of an actor that it
    /// makes follows from it. Errors: verification for any exit code but 0.
    Result<Bytes> call(const Address& from, const Address& to, MethodNumber method, Bytes params,
                       const TokenAmount& value = 0, Nonce nonce = 0);
    /// Returns the sum of all actors' balances.
    Result<TokenAmount> total_balance();
    Result<Cid> flush();
    ~Machine();

  private:
    Machine(const Network& network, const vm::Manifest& bundle);

    // Answers no question of an actor, since there is no chain below the genesis block.
    class NoChain final : public vm::Externs {
        Result<Hash256> chain_randomness(ChainEpoch) override { return Errc::out_of_range; }
        Result<Hash256> beacon_randomness(ChainEpoch) override { return Errc::out_of_range; }
        Result<Cid> tipset_cid(ChainEpoch) override { return Errc::out_of_range; }
        Result<std::optional<vm::ConsensusFault>> consensus_fault(BytesView, BytesView, BytesView) override {
            return std::optional<vm::ConsensusFault>{};
        }
    };

    const Network& network_;
    const vm::Manifest& bundle_;
    NoChain no_chain_;
    std::unique_ptr<vm::ProofVerifier> no_keys_;  // only computes data commitments, which needs no keys
    std::unique_ptr<vm::Executor> executor_;
};

}  // namespace strata::chain::genesis
