#pragma once
// Gives the tests of this folder a chain whose states are made by hand. Tipsets hold real messages; the result of their
// execution is recorded in advance, so nothing is executed. An attempt to execute a tipset without a record gives an
// error.
#include <strata/actors/account/state.hpp>
#include <strata/actors/table.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/vm/state_tree.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::chain::testing {

inline wallet::PrivateKey key_named(std::string_view name, wallet::KeyType type = wallet::KeyType::bls) {
    crypto::SeededRandom random(as_bytes(name));
    return wallet::generate_key(type, random);
}
inline Address address_named(std::string_view name, wallet::KeyType type = wallet::KeyType::bls) {
    return wallet::address_of(key_named(name, type)).value();
}

/// Signs a message with its sender's key. Not for delegated keys.
inline SignedMessage sign(const Message& message, const wallet::PrivateKey& key) {
    return {message, wallet::sign_with(key, message.cid().bytes()).value()};
}

class TestChain {
  public:
    explicit TestChain(const std::vector<Address>& accounts) {
        vm::StateTree tree(blocks);
        tree.set(kSystemId, {code("system"), put_cbor(blocks, SystemState{manifest()}).value(), 0, 0, {}});
        const vm::InitState init{HamtMap<Address, ActorId>(blocks).flush().value(), kFirstNonSingletonId, "test"};
        tree.set(kInitId, {code("init"), put_cbor(blocks, init).value(), 0, 0, {}});
        for (const auto& address : accounts) {
            const ActorId id = tree.register_address(address).value();
            const Cid head = put_cbor(blocks, actors::account::State{address}).value();
            tree.set(id, {code("account"), head, 0, fil(1'000'000), {}});
        }
        state_root = tree.flush().value();
        const BlockHeader genesis = header(0, {});
        STRATA_CHECK(chain.start(genesis).has_value());
        network.stub_winning_post = true;
    }

    /// Changes the account of `address` in the state after the head, and thereby the next state root.
    void edit(const Address& address, const std::function<void(vm::ActorState&)>& change) {
        auto tree = vm::StateTree::load(blocks, state_root).value();
        const ActorId id = *tree.resolve(address).value();
        auto actor = *tree.get(id).value();
        change(actor);
        tree.set(id, actor);
        state_root = tree.flush().value();
    }
    void set_nonce(const Address& address, Nonce nonce) {
        edit(address, [&](vm::ActorState& actor) { actor.sequence = nonce; });
    }
    void set_balance(const Address& address, const TokenAmount& balance) {
        edit(address, [&](vm::ActorState& actor) { actor.balance = balance; });
    }

    /// Returns a tipset of one block on `parent` that names the present `state_root`. It does not become the head.
    TipsetPtr extend(const TipsetPtr& parent, const BlockMessages& messages = {}) {
        auto block = header(parent->height() + 1, parent->cids());
        block.messages = chain.put_messages(messages).value();
        STRATA_CHECK(chain.put_header(block).has_value());
        return chain.tipset(TipsetKey({block.cid()})).value();
    }
    /// Records that the state after `tipset` is the present `state_root`.
    void record(const TipsetPtr& tipset) { STRATA_CHECK(states.record(*tipset, {state_root, state_root}).has_value()); }
    /// Does extend() and record(), and makes the tipset the head. Nonces rise as the messages say.
    TipsetPtr advance(const BlockMessages& messages = {}) {
        const auto tipset = extend(chain.head(), messages);
        for (const auto& message : messages.bls) set_nonce(message.from, message.nonce + 1);
        for (const auto& message : messages.secp) set_nonce(message.message.from, message.message.nonce + 1);
        record(tipset);
        STRATA_CHECK(chain.set_head(tipset).has_value());
        return tipset;
    }

    MemoryBlockstore blocks;
    store::MemoryKeyValue meta;
    Network network = devnet_2k();
    ChainStore chain{blocks, meta};
    KeyedProofVerifier proofs{"there are no keys"};
    std::unique_ptr<vm::ActorTable> actors = actors::native_actors();
    StateManager states{chain, network, proofs, *actors};
    Cid state_root;
    TokenAmount base_fee = 100;

  private:
    struct SystemState {
        Cid manifest;
        STRATA_CBOR_TUPLE(manifest);
    };
    static Cid code(std::string_view name) { return Cid::hash_of(Codec::raw, as_bytes(name)); }
    Cid manifest() {
        std::vector<std::pair<std::string, Cid>> entries;
        for (const auto* name : {"system", "init", "account", "placeholder", "ethaccount", "evm"})
            entries.emplace_back(name, code(name));
        return put_cbor(blocks, entries).value();
    }
    BlockHeader header(ChainEpoch height, std::vector<Cid> parents) {
        BlockHeader out;
        out.miner = Address::id(1000);
        out.ticket = Ticket{Bytes{static_cast<std::uint8_t>(++tickets_)}};
        out.election_proof = ElectionProof{1, {}};
        out.parents = std::move(parents);
        out.height = height;
        out.parent_state_root = out.parent_message_receipts = state_root;
        out.messages = chain.put_messages({}).value();
        out.timestamp = network.timestamp_at(height);
        out.parent_base_fee = base_fee;
        return out;
    }
    int tickets_ = 0;
};

}  // namespace strata::chain::testing
