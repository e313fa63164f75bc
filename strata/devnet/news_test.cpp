// Protects what the person at the terminal is told of a running network: each change once, a failure when it begins and
// when it ends, and nothing of what was there before. Source: the promises of news.hpp; docs/operating.md ("Failures").
#include <strata/devnet/news.hpp>

#include <gmock/gmock.h>

#include <strata/node/node.hpp>
#include <strata/provider/api.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class NewsTest : public ::testing::Test {
  protected:
    void SetUp() override {
        // The test proves nothing, so the verifying keys of Lotus' network of 2 KiB sectors are enough.
        const auto keys = testing::find_vectors("lotus-devnet/vk");
        ASSERT_TRUE(keys);
        fs::create_directories(folder_ / "keys");
        for (const auto& entry : fs::directory_iterator(*keys))
            fs::copy(entry.path(), folder_ / "keys" / entry.path().filename());
        DevnetConfig config;
        config.folder = folder_ / "net";
        config.parameters = folder_ / "keys";
        config.seed = "7";
        config.genesis_timestamp = 1'700'000'000;
        auto opened = Devnet::open(config);
        ASSERT_TRUE(opened) << opened.error().message();
        net_ = std::move(*opened);
        out_ = std::tmpfile();
        ASSERT_NE(out_, nullptr);
        report_ = std::make_unique<terminal::Report>(out_);
        news_ = std::make_unique<News>(*net_, *report_);
    }
    void TearDown() override {
        news_.reset();
        report_.reset();
        if (out_ != nullptr) std::fclose(out_);
        net_.reset();
    }
    /// Returns what is printed for this epoch.
    std::string news_of(ChainEpoch epoch) {
        const auto from = std::ftell(out_);
        news_->tell(epoch);
        std::string text(static_cast<std::size_t>(std::ftell(out_) - from), '\0');
        std::fseek(out_, from, SEEK_SET);
        EXPECT_EQ(std::fread(text.data(), 1, text.size(), out_), text.size());
        return text;
    }

    testing::TempFolder folder_;
    std::unique_ptr<Devnet> net_;
    std::FILE* out_ = nullptr;
    std::unique_ptr<terminal::Report> report_;
    std::unique_ptr<News> news_;
};

TEST_F(NewsTest, a_change_is_told_once_and_what_was_there_before_is_not) {
    EXPECT_THAT(news_of(1), Not(HasSubstr("sector "))) << "the first sectors were there";
    const auto number = net_->provider(1).provider()->pledge_sector(1);
    ASSERT_TRUE(number) << number.error().message();
    const auto line = "sector " + std::to_string(*number) + " is in state Packing";
    const auto text = news_of(2);
    EXPECT_THAT(text, HasSubstr("provider 2"));
    EXPECT_THAT(text, HasSubstr(line));
    EXPECT_THAT(news_of(3), Not(HasSubstr(line)));
}

TEST_F(NewsTest, a_failure_is_told_when_it_begins_and_when_it_ends) {
    auto& health = net_->provider(0).health();
    health.ran(node::Part::market, fail(Errc::io, "the disk does not answer"));
    EXPECT_THAT(news_of(1), HasSubstr("the market part failed and will try again: "));
    health.ran(node::Part::market, fail(Errc::io, "the disk does not answer"));
    EXPECT_THAT(news_of(2), Not(HasSubstr("failed"))) << "it still fails";
    health.ran(node::Part::market, {});
    EXPECT_THAT(news_of(3), HasSubstr("the market part works again"));
    EXPECT_THAT(news_of(4), Not(HasSubstr("market")));
    net_->client().health().ran(node::Part::network, fail(Errc::verification, "a bad block"));
    const auto text = news_of(5);
    EXPECT_THAT(text, HasSubstr("client"));
    EXPECT_THAT(text, HasSubstr("a bad block"));
}

// "About once a minute" is every 15 blocks of 4 seconds.
TEST_F(NewsTest, how_things_stand_is_told_about_once_a_minute) {
    int summaries = 0;
    for (ChainEpoch epoch = 1; epoch <= 60; ++epoch) {
        const auto text = news_of(epoch);
        if (!text.contains("message(s) waiting")) continue;
        ++summaries;
        EXPECT_THAT(text, HasSubstr("head 0 with 1 block(s)"));
        EXPECT_THAT(text, HasSubstr("deals: 0 active, 0 not active yet"));
        // Genesis has sectors of all three providers, so one of their deadlines comes within a period.
        EXPECT_THAT(text, HasSubstr("'s deadline opens in "));
    }
    EXPECT_EQ(summaries, 4);
}

}  // namespace
}  // namespace strata::devnet
