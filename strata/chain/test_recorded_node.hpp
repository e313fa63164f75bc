#pragma once
// A chain that Lotus 1.36.2 recorded (tests/vectors/lotus-devnet), in a chain of ours, with the answers that Lotus' API
// gave about its head. The result of a tipset is taken from its child's header: nothing is executed.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/actors/table.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/ipld/car.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::chain::testing {

class RecordedNode {
  public:
    /// `name`: real or long. Both are in the small set of vectors.
    explicit RecordedNode(const std::string& name) {
        const auto folder = strata::testing::find_vectors("lotus-devnet/" + name).value();
        const auto description = strata::testing::read_file(folder / "network.json");
        network = parse_network(description).value();
        const auto json = nlohmann::json::parse(description);
        beacon = std::make_unique<LocalBeacon>(json.at("drand").at("beacon_seed").get<std::string>());
        samples = nlohmann::json::parse(strata::testing::read_file(folder / "api_samples.json")).at("samples");
        const auto car = load_car(as_bytes(strata::testing::read_file(folder / "chain.car")), blocks).value();
        ChainStore store(blocks, meta_);
        head = store.tipset(TipsetKey(car.roots)).value();
        const auto genesis = store.tipset_at(0, head, NullRound::previous).value();
        STRATA_CHECK(store.start(genesis->min_ticket_block()).has_value());
        STRATA_CHECK(store.set_head(head).has_value());
        StateManager states(store, network, proofs_, *actors_);
        for (auto child = head; child->height() > 0;) {
            const auto parent = store.parent(*child).value();
            STRATA_CHECK(states.record(*parent, {child->parent_state_root(), child->parent_receipts()}).has_value());
            child = parent;
        }
        node = std::move(LocalChain::open(blocks, meta_, network, proofs_, nullptr, *actors_).value());
        STRATA_CHECK(node->consensus().trust(*head).has_value());
    }

    /// Returns Lotus' answer to the first call of the method, or to the one with these first parameters.
    nlohmann::json sample(const std::string& method, const nlohmann::json& first = nlohmann::json::array()) const {
        for (const auto& one : samples) {
            if (one.at("method") != method || one.at("params").size() < first.size()) continue;
            if (std::equal(first.begin(), first.end(), one.at("params").begin()))
                return one.value("result", nlohmann::json());
        }
        ADD_FAILURE() << "Lotus was not asked " << method << " " << first;
        return {};
    }

    MemoryBlockstore blocks;
    Network network;
    std::unique_ptr<LocalBeacon> beacon;
    nlohmann::json samples;
    TipsetPtr head;
    std::unique_ptr<LocalChain> node;

  private:
    store::MemoryKeyValue meta_;
    KeyedProofVerifier proofs_{"no-keys"};
    std::unique_ptr<vm::ActorTable> actors_ = actors::native_actors();
};

}  // namespace strata::chain::testing
