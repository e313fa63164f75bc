#include <strata/node/node.hpp>

#include <gtest/gtest.h>

#include <strata/actors/table.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/node/shared.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::node {
namespace {

TEST(Node, insecure_keys_are_refused_by_public_networks_only) {
    const testing::TempFolder folder;
    proofs::ParameterStore parameters(folder.path());
    chain::Network network = chain::devnet_2k();
    const auto actors = actors::native_actors();
    chain::KeyedProofVerifier proofs(folder.path());
    chain::LocalBeacon beacon("test");
    Jobs jobs(Jobs::Time::virtual_time);
    const Shared shared{network, *actors, proofs, parameters, beacon, jobs, {}};

    network.name = "testnetnet";
    EXPECT_TRUE(refuse_insecure_keys(shared)) << "no keys, nothing to refuse";
    crypto::SeededRandom random(as_bytes("keys"));
    ASSERT_TRUE(parameters.make(proofs::CircuitKind::window_post, 2048, random));
    const auto refused = refuse_insecure_keys(shared);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::verification);
    const auto keys = *parameters.insecure_keys();
    EXPECT_NE(refused.error().message().find(keys[0].first), std::string::npos);
    EXPECT_NE(refused.error().message().find(keys[0].second), std::string::npos);
    network.name = "strata-devnet-7";
    EXPECT_TRUE(refuse_insecure_keys(shared));
}

}  // namespace
}  // namespace strata::node
