#pragma once
// A state that Lotus made with actors v18, and states made from it.
#include <strata/actors/bundle.hpp>
#include <strata/actors/read/state_of.hpp>
#include <strata/actors/read/test_recorded.hpp>
#include <strata/actors/system/state.hpp>
#include <strata/migration/code_swap.hpp>

namespace strata::migration::testing {

using actors::ActorBundle;
using actors::Bundle;

inline const Bundle& devnet(actors::ActorsVersion version) {
    return *actors::find_bundle(ActorBundle::devnet, version);
}
inline CodeMap codes(const Bundle& from, const Bundle& to) {
    CodeMap out;
    for (const auto& [type, code] : from.manifest.codes) out.emplace(code, to.manifest.codes.at(type));
    return out;
}

class Devnet : public actors::read::testing::Recorded {
  protected:
    // The state before the messages of epoch 1280, from the same chain.
    static Cid earlier_root() {
        return Cid::constant("bafy2bzacea5idlt4yn26tfprsqaesdgtdzsfaosp47nk7qdfu7qimm7fuzozw");
    }
    /// Returns the recorded state as it would look with actors v17.
    static Cid with_v17(const Cid& root) {
        NodeCache cache;
        auto tree =
            vm::StateTree::load(blocks_, swap_codes(blocks_, root, codes(devnet(18), devnet(17)), cache).value())
                .value();
        const Cid data = actors::store_manifest_data(blocks_, devnet(17).manifest).value();
        auto system = tree.get(kSystemId).value().value();
        system.head = put_cbor(blocks_, actors::system::State{data}).value();
        tree.set(kSystemId, system);
        return tree.flush().value();
    }
    static std::map<ActorId, vm::ActorState> all(const Cid& root) {
        std::map<ActorId, vm::ActorState> out;
        EXPECT_TRUE(
            vm::StateTree::load(blocks_, root).value().for_each([&](ActorId id, const vm::ActorState& actor) -> Status {
                out.emplace(id, actor);
                return {};
            }));
        return out;
    }
};

}  // namespace strata::migration::testing
