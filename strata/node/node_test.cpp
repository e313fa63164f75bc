#include <strata/node/node.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <strata/actors/table.hpp>
#include <strata/chain/local_beacon.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

TEST(Node, insecure_keys_are_refused_by_public_networks_only) {
    std::string pattern = (fs::temp_directory_path() / "strata_node_XXXXXX").string();
    const fs::path folder = ::mkdtemp(pattern.data());
    proofs::ParameterStore parameters(folder);
    chain::Network network = chain::devnet_2k();
    const auto actors = actors::native_actors();
    chain::KeyedProofVerifier proofs(folder);
    chain::LocalBeacon beacon("test");
    Jobs jobs(Jobs::Time::virtual_time);
    const World world{network, *actors, proofs, parameters, beacon, jobs, {}};

    network.name = "testnetnet";
    EXPECT_TRUE(refuse_insecure_keys(world)) << "no keys, nothing to refuse";
    crypto::SeededRandom random(as_bytes("keys"));
    ASSERT_TRUE(parameters.make(proofs::CircuitKind::window_post, 2048, random));
    const auto refused = refuse_insecure_keys(world);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::verification);
    const auto keys = *parameters.insecure_keys();
    EXPECT_NE(refused.error().message().find(keys[0].first), std::string::npos);
    EXPECT_NE(refused.error().message().find(keys[0].second), std::string::npos);
    network.name = "strata-devnet-7";
    EXPECT_TRUE(refuse_insecure_keys(world));
    fs::remove_all(folder);
}

}  // namespace
}  // namespace strata::node
