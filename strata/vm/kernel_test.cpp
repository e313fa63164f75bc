#include <gtest/gtest.h>

#include <strata/vm/test_world.hpp>

namespace strata::vm {
namespace {

struct SystemState {
    Cid builtin_actors;
    STRATA_CBOR_TUPLE(builtin_actors);
};

Result<Manifest> manifest_of(const std::vector<std::pair<std::string, Cid>>& entries) {
    MemoryBlockstore store;
    StateTree tree(store);
    const Cid code = Cid::hash_of(Codec::raw, as_bytes("system"));
    const SystemState state{put_cbor(store, entries).value()};
    tree.set(kSystemId, {code, put_cbor(store, state).value(), 0, 0, {}});
    return Manifest::of_state(tree);
}

// The names are those of the reference's manifest (docs/protocol/fvm.md §2.4).
TEST(Manifest, ReadsNamesAndCodesOfTheSystemActor) {
    const Cid account = Cid::hash_of(Codec::raw, as_bytes("a"));
    const Cid market = Cid::hash_of(Codec::raw, as_bytes("m"));
    const auto manifest = manifest_of({{"account", account}, {"storagemarket", market}}).value();
    EXPECT_EQ(manifest.type_of(account), ActorType::account);
    EXPECT_EQ(manifest.type_of(market), ActorType::market);
    EXPECT_EQ(manifest.type_of(Cid::hash_of(Codec::raw, as_bytes("x"))), ActorType::none);
    EXPECT_EQ(manifest.codes.at(ActorType::market), market);
}

TEST(Manifest, RefusesUnknownNamesAndAStateWithoutSystemActor) {
    const Cid code = Cid::hash_of(Codec::raw, as_bytes("a"));
    EXPECT_EQ(manifest_of({{"accounts", code}}).error().code(), Errc::malformed);
    EXPECT_EQ(manifest_of({{"", code}}).error().code(), Errc::malformed);
    MemoryBlockstore store;
    StateTree tree(store);
    EXPECT_FALSE(Manifest::of_state(tree));
}

}  // namespace
}  // namespace strata::vm
