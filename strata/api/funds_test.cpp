// Only one message at a time is sent for an owner, and the next one waits until it is settled with Lotus' confidence of
// five epochs (lotus chain/market/fundmanager.go, WaitMsg; build/buildconstants/params_shared_vals.go).
#include <future>

#include <strata/actors/market/types.hpp>
#include <strata/api/context.hpp>
#include <strata/api/ethereum_feed.hpp>
#include <strata/api/finality.hpp>
#include <strata/api/method_table.hpp>
#include <strata/api/pool_hashes.hpp>
#include <strata/api/test_node.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::api {
namespace {

constexpr ChainEpoch kConfidence = 5;

/// Records whose disk can fail.
class FaultyRecords final : public store::KeyValue {
  public:
    Result<std::optional<Bytes>> get(std::string_view key) override {
        return failing ? Result<std::optional<Bytes>>(fail(Errc::io, "the disk failed")) : inner_.get(key);
    }
    Status write(const std::vector<store::Write>& batch) override {
        return failing ? Status(fail(Errc::no_space, "the disk is full")) : inner_.write(batch);
    }
    Status for_each(std::string_view prefix, const Visit& visit) override { return inner_.for_each(prefix, visit); }

    bool failing = false;

  private:
    store::MemoryKeyValue inner_;
};

class ApiFunds : public testing::TestNode {
  protected:
    void SetUp() override {
        TestNode::SetUp();
        feeds = Feeds::open(*node);
        sender.emplace(*node, &wallet, nullptr);
        exports.emplace(*node, Exports::Limits{});
        mine_at(1);
    }
    Result<std::optional<Cid>> reserve(Funds& funds, std::int64_t amount) {
        BeaconCache rounds(nullptr);
        const auto ethereum = EthereumFeed::open(*node, options);
        FinalityCache finality;
        const auto pool_hashes = PoolHashes::open(*node);
        std::any memory;
        const std::string session;
        Context context{.chain = *node,
                        .options = options,
                        .limits = options.limits,
                        .beacon = rounds,
                        .session = session,
                        .started = {},
                        .permissions = {},
                        .feeds = *feeds,
                        .ethereum = *ethereum,
                        .finality = finality,
                        .pool_hashes = *pool_hashes,
                        .sender = *sender,
                        .exports = *exports,
                        .funds = funds,
                        .table = table_of_methods,
                        .channels = nullptr,
                        .gone = {},
                        .deadline = std::chrono::steady_clock::time_point::max(),
                        .memory = memory,
                        .print = Printer('t')};
        return funds.reserve(context, client(), client(), TokenAmount(amount));
    }
    /// Returns the value of the one pending message.
    TokenAmount pending_value() {
        const auto pending = node->pending();
        EXPECT_EQ(pending->size(), 1U);
        return pending->empty() ? TokenAmount(-1) : pending->front().message.message.value;
    }
    /// Mines until the message is on the chain, and returns the epoch of the tipset that records its execution.
    ChainEpoch land(const Cid& message) {
        for (;;) {
            const auto found = node->search(message);
            EXPECT_TRUE(found) << found.error().message();
            if (!found || *found) return found ? (*found)->height : -1;
            mine_at(height() + 1);
        }
    }

    const Options options;
    const MethodTable table_of_methods;
    std::shared_ptr<Feeds> feeds;
    std::optional<Sender> sender;
    std::optional<Exports> exports;
};

TEST_F(ApiFunds, TheNextMessageWaitsForTheConfidence) {
    Funds funds(&keys);
    const auto first = reserve(funds, 500);
    ASSERT_TRUE(first && *first);
    EXPECT_EQ(pending_value(), TokenAmount(500));
    EXPECT_EQ(*reserve(funds, 200), std::nullopt);
    const ChainEpoch landed = land(**first);
    for (; height() < landed + kConfidence; mine_at(height() + 1))
        EXPECT_EQ(*reserve(funds, 200), std::nullopt) << height();
    const auto second = reserve(funds, 200);
    ASSERT_TRUE(second && *second) << height();
    EXPECT_EQ(pending_value(), TokenAmount(200));
    EXPECT_EQ(*funds.reserved(client()), TokenAmount(700));
}

TEST_F(ApiFunds, ARestartedNodeStillWaits) {
    const auto first = reserve(*std::make_unique<Funds>(&keys), 500);
    ASSERT_TRUE(first && *first);
    Funds after_restart(&keys);
    EXPECT_EQ(*after_restart.reserved(client()), TokenAmount(500));
    EXPECT_EQ(*reserve(after_restart, 200), std::nullopt);
}

TEST_F(ApiFunds, AFailedReadDoesNotEndTheWait) {
    Funds funds(&keys);
    const auto first = reserve(funds, 500);
    ASSERT_TRUE(first && *first);
    mine_to(kConfidence + 2);
    ASSERT_TRUE(node->clear_pool(true));  // what follows would be the only message in the pool
    for (std::uint64_t read = 1; read < 30; ++read) {
        blocks.fail_read(read);
        const auto again = reserve(funds, 200);
        EXPECT_TRUE(!again || !*again) << read;
        blocks.fail_read(0);
    }
    EXPECT_TRUE(node->pending()->empty());
}

// A peer may have the message, and put it into a block.
TEST_F(ApiFunds, AMessageThatThePoolDroppedIsWaitedForUntilItsNonceIsUsed) {
    Funds funds(&keys);
    const auto first = reserve(funds, 500);
    ASSERT_TRUE(first && *first);
    ASSERT_TRUE(node->clear_pool(true));
    mine_to(kConfidence + 3);
    EXPECT_EQ(*reserve(funds, 200), std::nullopt);
    EXPECT_TRUE(node->pending()->empty());

    const auto other = transfer(0, client_two());
    ASSERT_TRUE(node->push(other));
    const ChainEpoch landed = land(other.cid());
    mine_to(landed + kConfidence);
    const auto second = reserve(funds, 200);
    ASSERT_TRUE(second && *second);
    EXPECT_EQ(pending_value(), TokenAmount(700)) << "the first amount never reached the market";
}

TEST_F(ApiFunds, AMessageThatTheDiskCannotNoteIsNotSentTwice) {
    FaultyRecords disk;
    Funds funds(&disk);
    ASSERT_TRUE(*reserve(funds, 0)) << "nothing is missing";
    disk.failing = true;
    const auto failed = reserve(funds, 500);
    ASSERT_TRUE(failed && *failed);
    EXPECT_EQ(*reserve(funds, 500), std::nullopt);
    EXPECT_EQ(pending_value(), TokenAmount(500));
    EXPECT_EQ(*funds.reserved(client()), TokenAmount(500));
    EXPECT_EQ(funds.release(client(), TokenAmount(1)).error().code(), Errc::no_space);
}

TEST_F(ApiFunds, NobodyWaitsWhileAMessageIsMade) {
    Funds funds(&keys);
    std::promise<void> reading, go_on;
    std::atomic<bool> is_first = true;
    blocks.slow_down([&, released = go_on.get_future().share()] {
        if (!is_first.exchange(false)) return;
        reading.set_value();
        released.wait();
    });
    auto sent = std::async(std::launch::async, [&] { return reserve(funds, 500); });
    reading.get_future().wait();
    auto others = std::async(std::launch::async, [&] {
        EXPECT_EQ(*funds.reserved(client()), TokenAmount(0));
        EXPECT_TRUE(funds.release(client_two(), TokenAmount(1)));
        EXPECT_EQ(*reserve(funds, 500), std::nullopt) << "a different call sends";
    });
    EXPECT_EQ(others.wait_for(std::chrono::seconds(30)), std::future_status::ready);
    go_on.set_value();
    const auto first = sent.get();
    EXPECT_TRUE(first && *first);
    blocks.slow_down({});
}

}  // namespace
}  // namespace strata::api
