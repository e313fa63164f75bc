// Protects what a call may see of its node: with a block that is lost, a disk that fails or a chain that does not
// answer, a client gets the right answer or an error, never a wrong value. The right answers are those of Lotus 1.36.2
// over a recorded chain.
#include <gmock/gmock.h>

#include <strata/api/context.hpp>
#include <strata/api/ethereum_feed.hpp>
#include <strata/api/finality.hpp>
#include <strata/api/funds.hpp>
#include <strata/api/method_table.hpp>
#include <strata/api/pool_hashes.hpp>

#include <strata/api/test_recorded_api.hpp>
#include <strata/testing/failing_blockstore.hpp>

namespace strata::api {
namespace {

using testing::Asker;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::recorded;

/// Samples that read states, one of each method, with Lotus' answers.
std::vector<Json> questions() {
    std::vector<Json> out;
    std::set<std::string> seen;
    for (const auto& sample : recorded("real").lotus.samples) {
        const auto method = sample["method"].get<std::string>();
        const bool reads_state = method.starts_with("StateMiner") || method.starts_with("StateMarket") ||
                                 method.starts_with("StateSector") || method.starts_with("StateVerif") ||
                                 method.starts_with("Msig") || method == "StateReadState" ||
                                 method == "StateGetActor" || method == "StateLookupID" || method == "StateListMiners";
        if (!reads_state || method == "MsigGetVested" || !sample.contains("result")) continue;
        if (seen.insert(method).second) out.push_back(Json::parse(sample.dump()));
    }
    EXPECT_GE(out.size(), 20U);
    return out;
}

TEST(ApiContext, a_lost_block_gives_no_wrong_answer) {
    auto& lotus = recorded("real").lotus;
    for (const auto code : {Errc::missing_block, Errc::io}) {
        for (const auto& question : questions()) {
            for (std::size_t n = 0, step = 1;; n += step++) {
                strata::testing::FailingBlockstore blocks(lotus.blocks);
                chain::testing::FakeChain chain;
                chain.net = lotus.network;
                chain.reads = &blocks;
                chain.start_at(lotus.head);
                Asker api(chain, nullptr);
                blocks.fail_read(n, code);
                const auto got = api.answer(question["method"], question["params"]);
                if (got.contains("result")) {
                    EXPECT_EQ(got["result"], question["result"]) << question["method"] << " read " << n;
                    if (!blocks.failed()) break;
                    continue;
                }
                EXPECT_EQ(got["error"]["code"], 1) << got;
                EXPECT_THAT(got["error"]["message"].get<std::string>(), Not(HasSubstr("actor not found")))
                    << question["method"] << ": a lost block is not a missing actor";
            }
        }
    }
}

TEST(ApiContext, an_answer_is_about_the_tipset_that_was_named_or_the_head) {
    auto& lotus = recorded("real").lotus;
    chain::testing::FakeChain chain;
    chain.net = lotus.network;
    chain.reads = &lotus.blocks;
    chain.start_at(lotus.head);
    Asker api(chain, nullptr);
    EXPECT_EQ(api.result("StateMinerInfo", {"t01000", recorded("real").head()}),
              api.result("StateMinerInfo", {"t01000", nullptr}));
    EXPECT_EQ(api.result("StateMinerInfo", {"t01000", Json::array()}),
              api.result("StateMinerInfo", {"t01000", nullptr}));
    // The head goes back one tipset while nobody asks.
    const auto parent = chain.parent(*lotus.head);
    ASSERT_TRUE(parent);
    chain.start_at(*parent);
    EXPECT_EQ(api.result("ChainHead", Json::array())["Height"], (*parent)->height());
}

TEST(ApiContext, a_chain_that_fails_is_an_error_of_the_call) {
    chain::testing::FakeChain chain;
    Asker api(chain, nullptr);
    chain.break_call("next_nonce", Errc::io, "the disk does not answer");
    EXPECT_EQ(api.code("MpoolGetNonce", {"t01000"}), 1);
    chain.break_call("pending", Errc::io);
    EXPECT_EQ(api.code("MpoolPending", {nullptr}), 1);
    chain.break_call("push", Errc::no_space, "the disk is full");
    chain.break_call("tipset", Errc::missing_block, "the header is lost");
    const Json key = Json::array({{{"/", chain.head()->cids()[0].to_string()}}});
    EXPECT_THAT(api.error("ChainGetTipSet", {key}), HasSubstr("loading tipset"));
    EXPECT_EQ(api.code("StateMinerInfo", {"t01000", key}), 1);
    // A disk that fails is not a tipset that nobody knows, and its error may name files.
    chain.break_call("tipset", Errc::io, "/srv/node/records");
    EXPECT_EQ(api.error("ChainGetTipSet", {key}), "this node could not read or write its own files");
    chain.mend("tipset");
    EXPECT_EQ(api.result("ChainGetTipSet", {key})["Height"], 0);
}

// A node keeps the states of its newest tipsets. A client learns that, not that a block is lost.
TEST(ApiContext, a_state_that_is_not_kept_is_told_as_such) {
    chain::testing::FakeChain chain(Cid::hash_of(Codec::dag_cbor, as_bytes("a state that was removed")));
    Asker api(chain, nullptr);
    const auto told = api.error("StateGetActor", {"t01000", nullptr});
    EXPECT_THAT(told, HasSubstr("the state at epoch 0 is not kept by this node"));
    EXPECT_THAT(told, HasSubstr("--keep-epochs"));
}

TEST(ApiContext, a_call_ends_when_its_client_leaves_or_its_time_is_over) {
    chain::testing::FakeChain chain;
    const Options options;
    BeaconCache beacon(nullptr);
    std::any memory;
    std::stop_source client;  // NOLINT(misc-const-correctness): it is changed below
    const std::string session;
    const auto feeds = Feeds::open(chain);
    const auto ethereum = EthereumFeed::open(chain, options);
    FinalityCache finality;
    const auto pool_hashes = PoolHashes::open(chain);
    Sender sender(chain, nullptr, nullptr);
    Exports exports(chain, {});
    Funds funds(nullptr);
    const MethodTable table;
    Context context{.chain = chain,
                    .options = options,
                    .limits = options.limits,
                    .beacon = beacon,
                    .session = session,
                    .started = {},
                    .permissions = {},
                    .feeds = *feeds,
                    .ethereum = *ethereum,
                    .finality = finality,
                    .pool_hashes = *pool_hashes,
                    .sender = sender,
                    .exports = exports,
                    .funds = funds,
                    .table = table,
                    .channels = nullptr,
                    .gone = client.get_token(),
                    .deadline = std::chrono::steady_clock::time_point::max(),
                    .memory = memory,
                    .print = Printer('t')};
    EXPECT_TRUE(context.check_may_continue());
    context.deadline = std::chrono::steady_clock::time_point::min();
    EXPECT_EQ(context.check_may_continue().error().code(), Errc::too_large);
    client.request_stop();
    EXPECT_EQ(context.check_may_continue().error().code(), Errc::cancelled);
}

// A CID with the identity hash carries its content (multicodec 0x00), so it is answered without a store.
TEST(ApiContext, a_block_may_stand_in_its_cid) {
    chain::testing::FakeChain chain;
    chain.break_call("tipset", Errc::io);
    Asker api(chain, nullptr);
    EXPECT_EQ(api.result("ChainReadObj", {Json{{"/", "bafkqabiaaebagba"}}}), "AAECAwQ=");  // codec-fixtures: bytes 0..4
    EXPECT_THAT(
        api.error("ChainReadObj", {Json{{"/", "bafy2bzacedswlcz5ddgqnyo3sak3jmhmkxashisnlpq6ujgyhe4mlobzpnhs6"}}}),
        HasSubstr("ipld: could not find"));
}

}  // namespace
}  // namespace strata::api
