// Protects `strata node run` against blocks that a network of Lotus refuses: such a block was seen beside Lotus 1.36.2
// (tests/interop/lotus_beside.py), whose message used 5,751,439 gas there and 5,750,465 by native actors.
#include <cstdlib>

#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using testing::expect_refusal;
using testing::kSaysNo;
using testing::kSaysUsage;

class NodeRun : public testing::Program {
  protected:
    // Bundles that this machine's user imported must not be found.
    void SetUp() override { setenv("HOME", path("home").c_str(), 1); }
};

TEST_F(NodeRun, a_stub_miner_needs_the_official_actors) {
    const std::vector<std::string> words{"node",   "run",        "--network",    path("network.json"),
                                         "--repo", path("repo"), "--stub-miner", "t01000"};
    expect_refusal(kSaysUsage, words, {"official actors", "builtin-actors-devnet.car", "--bundle"});
    auto native = words;
    native.insert(native.end(), {"--actors", "native"});
    expect_refusal(kSaysNo, native, {"network.json"});  // the next thing that is missing
}

}  // namespace
}  // namespace strata::cli
