// Protects the sentence of `strata node run --help` and docs/operating.md: without a word about it, the network decides
// whether a node keeps an index.
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include <strata/cli/index_option.hpp>

namespace strata::cli {
namespace {

std::optional<bool> chosen(const std::string& words) {
    CLI::App app;
    std::optional<bool> out;
    add_index_option(app, out);
    app.parse(words);
    return out;
}

TEST(IndexOption, WithoutAWordTheNetworkDecides) {
    EXPECT_EQ(chosen(""), std::nullopt);
    EXPECT_EQ(chosen("--index"), true);
    EXPECT_EQ(chosen("--no-index"), false);
}

}  // namespace
}  // namespace strata::cli
