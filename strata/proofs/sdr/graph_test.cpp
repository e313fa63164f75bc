// Protects the graph that all labels follow: its parents are the reference's (tests/vectors/proofs/parents.json,
// computed with storage-proofs-porep 19.1.0), the expander is a permutation, and a table on disk equals the one in
// memory.
#include <strata/proofs/sdr/graph.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include <strata/proofs/porep/seal_config.hpp>
#include <strata/proofs/test_vectors.hpp>

namespace strata::proofs {

TEST(Feistel, permutes_any_size) {
    for (const std::size_t size : {2U, 3U, 16U, 17U, 100U, 4096U}) {
        std::vector<std::uint64_t> indices;
        for (std::uint64_t i = 0; i < size; ++i) indices.push_back(i);
        Feistel(size, {1, 2, 3, 4}).permute(indices);
        std::ranges::sort(indices);
        for (std::uint64_t i = 0; i < size; ++i) ASSERT_EQ(indices[i], i) << size;
    }
}

TEST(StackedGraph, parents_are_the_references) {
    int rows = 0;
    for (const auto& one : testing::cases_of("parents.json")) {
        const auto command = one["command"].get<std::string>();
        const auto number = std::stoll(command.substr(command.find("--registered ") + 13));
        const auto config = SealConfig::of(RegisteredSealProof{number});
        ASSERT_TRUE(config) << command;
        ASSERT_EQ(to_hex(config->porep_id), one["porep_id"].get<std::string>());
        const auto graph = config->graph();
        for (const auto& row : one["rows"]) {
            const auto parents = graph.parents(row["node"].get<std::uint64_t>());
            EXPECT_EQ(std::vector<std::uint32_t>(parents.begin(), parents.end()),
                      row["parents"].get<std::vector<std::uint32_t>>())
                << command << " node " << row["node"];
            ++rows;
        }
    }
    EXPECT_GE(rows, 100);
}

TEST(ParentTable, file_and_memory_agree) {
    const StackedGraph graph(512, Hash256{6}, GraphRules::v1_1);
    const auto folder = std::filesystem::temp_directory_path() / ("strata-parents-" + std::to_string(::getpid()));
    const auto memory = *ParentTable::load(graph, {}, {});
    const auto made = *ParentTable::load(graph, folder.string(), {});
    ASSERT_TRUE(std::filesystem::exists(folder / graph.cache_file_name()));
    const auto read = *ParentTable::load(graph, folder.string(), {});
    EXPECT_TRUE(equal(memory.bytes(), made.bytes()));
    EXPECT_TRUE(equal(memory.bytes(), read.bytes()));
    EXPECT_TRUE(std::ranges::equal(graph.parents(300), std::span(memory.of(300), kDegree)));
    std::filesystem::remove_all(folder);
}

}  // namespace strata::proofs
