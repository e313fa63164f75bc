// Protects the labels, the slow part of sealing: a wrong one makes every sector of a provider unprovable. Source:
// tests/vectors/proofs/labels.json, computed with storage-proofs-porep 19.1.0.
#include <strata/proofs/sdr/labels.hpp>

#include <gtest/gtest.h>

#include <strata/proofs/porep/seal_config.hpp>
#include <strata/proofs/test_vectors.hpp>

namespace strata::proofs {
namespace {

TEST(Labels, layers_are_the_references) {
    int compared = 0;
    for (const auto& one : testing::cases_of("labels.json")) {
        if (one["sector"] != "2KiB") continue;  // the conformance suite has the larger one
        const auto config = SealConfig::of(RegisteredSealProof{testing::hash_of(one["porep_id"])[0]});
        ASSERT_TRUE(config);
        const auto graph = config->graph();
        const auto parents = ParentTable::load(graph, {}, {});
        ASSERT_TRUE(parents);
        const auto replica_id = testing::hash_of(one["replica_id"]);
        std::vector<Node> below, labels(config->nodes());
        for (const auto& layer : one["layers"]) {
            const auto number = layer["layer"].get<std::uint32_t>();
            ASSERT_TRUE(label_layer(*parents, replica_id, number, below, labels, {}));
            EXPECT_EQ(to_hex(labels[0]), layer["first"].get<std::string>());
            EXPECT_EQ(to_hex(labels[1]), layer["second"].get<std::string>());
            EXPECT_EQ(to_hex(labels.back()), layer["last"].get<std::string>());
            below = labels;
            ++compared;
        }
        // A label that is computed alone equals the one in its layer.
        std::vector<Node> first(config->nodes());
        ASSERT_TRUE(label_layer(*parents, replica_id, 1, {}, first, {}));
        std::vector<Node> of_parents;
        for (std::size_t i = 0; i < kBaseDegree; ++i) of_parents.push_back(first[parents->of(40)[i]]);
        EXPECT_EQ(label_of(replica_id, 1, 40, of_parents), first[40]);
        EXPECT_EQ(label_of(replica_id, 1, 0, {}), first[0]);
    }
    EXPECT_GE(compared, 4);
}

TEST(Labels, a_stop_ends_the_layer) {
    const auto config = SealConfig::of(RegisteredSealProof{6});
    ASSERT_TRUE(config);
    const StackedGraph graph(1 << 17, config->porep_id, config->rules);
    const auto parents = ParentTable::load(graph, {}, {});
    ASSERT_TRUE(parents);
    const std::atomic<bool> stop = true;
    std::vector<Node> labels(1 << 17);
    Watch watch;
    watch.stop = &stop;
    const auto done = label_layer(*parents, Hash256{}, 1, {}, labels, watch);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::cancelled);
}

}  // namespace
}  // namespace strata::proofs
