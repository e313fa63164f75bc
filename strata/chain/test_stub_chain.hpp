#pragma once
// Gives tests a chain that is executed for real, by native actors on the genesis of three miners, over a store of the
// test's choice. Each tipset has one block without proofs, and no rule of blocks is checked, so that a thousand epochs
// take seconds.
#include <strata/actors/bundle.hpp>
#include <strata/actors/table.hpp>
#include <strata/chain/consensus.hpp>
#include <strata/chain/genesis/test_template.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/ipld/collected_blockstore.hpp>

namespace strata::chain::testing {

class StubChain {
  public:
    /// Goes on with the chain in the store, or begins one there.
    StubChain(Blockstore& blocks, store::KeyValue& meta) : chain(blocks, meta) {
        network.name = "test";
        network.genesis_timestamp = 1'700'000'000;
        network.stub_winning_post = true;
        if (chain.open()) return;
        const auto genesis = begin(blocks);
        STRATA_CHECK(chain.start(genesis).has_value());
    }

    /// Makes a tipset on the head, with this number of messages, and takes it as the head.
    Result<TipsetPtr> mine(int messages = 1) {
        STRATA_TRY(auto made, mine_on(chain.head(), messages));
        STRATA_OK(chain.set_head(made));
        return made;
    }
    Result<TipsetPtr> mine_on(const TipsetPtr& parent, int messages, ActorId miner = 1000) {
        // As a validator does.
        const auto held = hold(chain.blocks());
        STRATA_TRY(const auto state, states.state_after(parent));
        BlockHeader block;
        block.miner = Address::id(miner);
        block.ticket = Ticket{parent->key().bytes()};
        block.election_proof = ElectionProof{1, {}};
        block.parents = parent->cids();
        block.height = parent->height() + 1;
        block.parent_state_root = state.state_root;
        block.parent_message_receipts = state.receipts_root;
        block.timestamp = network.timestamp_at(block.height);
        block.parent_base_fee = 100;
        STRATA_TRY(block.messages, chain.put_messages(transfers(state.state_root, messages)));
        STRATA_OK(chain.put_header(block));
        STRATA_OK(consensus.mark_valid(block, {StateManager::record_of(*parent, state)}));
        return chain.tipset(TipsetKey({block.cid()}));
    }

    Network network = devnet_2k();
    ChainStore chain;
    KeyedProofVerifier proofs{{}};
    std::unique_ptr<vm::ActorTable> table = actors::native_actors();
    StateManager states{chain, network, proofs, *table};
    Consensus consensus{chain};

  private:
    BlockHeader begin(Blockstore& blocks) {
        MemoryBlockstore made;
        crypto::SeededRandom random(as_bytes("lot"));
        auto what = test_template();
        what.network_version = network.version_at(0);
        const auto& bundle = *actors::find_bundle(network.bundle, actors::actors_of(what.network_version).value());
        const auto genesis = make_genesis(made, what, network, bundle.manifest, *table, draw_genesis_lot(random));
        STRATA_CHECK(genesis.has_value());
        for (const auto& [cid, data] : made.blocks()) STRATA_CHECK(blocks.put_block(cid, data).has_value());
        return genesis->header;
    }
    BlockMessages transfers(const Cid& root, int count) {
        BlockMessages out;
        auto state = vm::StateTree::load(chain.blocks(), root).value();
        const auto sender = state.resolve(test_address("faucet")).value().value();
        auto nonce = state.get(sender).value()->sequence;
        for (int i = 0; i < count; ++i) {
            Message& message = out.bls.emplace_back();
            message.from = test_address("faucet");
            // Each transfer makes a new actor, so that the state grows as that of a network does.
            message.to = Address::bls(key_of(nonce));
            message.nonce = nonce++;
            message.value = 1'000;
            message.gas_limit = 10'000'000;
            message.gas_fee_cap = 1'000;
            message.gas_premium = 1;
        }
        return out;
    }
    static Bytes key_of(Nonce nonce) {
        Bytes key(48);
        store_le(key.data(), (nonce + 1) * 0x9e3779b97f4a7c15U);
        return key;
    }
};

}  // namespace strata::chain::testing
