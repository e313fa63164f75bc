// Protects `strata paych` as payer and payee use it, against a node with the complete API and the native actor of
// channels. The rules are those of docs/protocol/fvm.md §8.12.
#include <strata/cli/test_program.hpp>
#include <strata/contracts/test_network.hpp>
#include <strata/testing/temp_folder.hpp>

#include <nlohmann/json.hpp>

namespace strata::cli {
namespace {

using api::Json;
using ::testing::HasSubstr;
using testing::kSaysDone;
using testing::kSaysNo;
using testing::kSaysUsage;
using testing::Ran;

class PaychVerbs : public contracts::testing::TestNetwork {
  protected:
    /// Runs `strata paych WORDS…`; the two parties have folders of their own.
    Ran paych(std::vector<std::string> words, const std::string& who = "payer") {
        const std::size_t verb = words.front() == "voucher" ? 2 : 1;
        std::vector<std::string> all{"paych"};
        all.insert(all.end(), words.begin(), words.begin() + static_cast<std::ptrdiff_t>(verb));
        const std::vector<std::string> usual{"--api", url(), "--token", admin(), "--records", (folder_ / who).string()};
        all.insert(all.end(), usual.begin(), usual.end());
        all.insert(all.end(), words.begin() + static_cast<std::ptrdiff_t>(verb), words.end());
        return testing::strata_says(all);
    }
    Json json(std::vector<std::string> words, const std::string& who = "payer") {
        words.emplace_back("--json");
        const auto ran = paych(std::move(words), who);
        EXPECT_EQ(ran.code, kSaysDone) << ran.all();
        return Json::parse(ran.out, nullptr, /*allow_exceptions=*/false);
    }
    std::string fund(const std::string& amount) {
        return json({"add-funds", text(client()), text(client_two()), amount})["Channel"];
    }
    std::string voucher(const std::string& channel, const std::string& amount) {
        auto out = paych({"voucher", "create", channel, amount}).out;
        while (out.ends_with('\n')) out.pop_back();
        return out;
    }

    strata::testing::TempFolder folder_;
};

TEST_F(PaychVerbs, a_payment_goes_from_voucher_to_chain) {
    const auto channel = fund("5");
    EXPECT_THAT(channel, ::testing::StartsWith("t2"));
    EXPECT_EQ(json({"list"}), Json::array({channel}));
    const auto small = voucher(channel, "1");
    const auto large = voucher(channel, "2.5");
    EXPECT_EQ(paych({"voucher", "check", channel, small}, "payee").code, kSaysDone);
    EXPECT_EQ(paych({"voucher", "add", channel, small}, "payee").code, kSaysDone);
    EXPECT_THAT(paych({"voucher", "add", channel, large}, "payee").out, HasSubstr("kept: lane 0  nonce 2  2.5 FIL"));
    const auto best = json({"voucher", "best-spendable", channel}, "payee");
    ASSERT_EQ(best.size(), 1U);
    EXPECT_EQ(best[0]["Voucher"], large);
    const auto sent = paych({"voucher", "submit", channel, large, "--wait"}, "payee");
    ASSERT_EQ(sent.code, kSaysDone) << sent.all();
    const auto now = json({"status", channel}, "payee");
    EXPECT_EQ(now["Redeemed"], "2500000000000000000");
    EXPECT_EQ(now["Lanes"][0]["Nonce"], 2);
    EXPECT_THAT(paych({"voucher", "check", channel, small}, "payee").err, HasSubstr("has come to 2"));
    EXPECT_EQ(json({"voucher", "best-spendable", channel}, "payee"), Json::array());
    EXPECT_EQ(json({"voucher", "list", channel}, "payee").size(), 2U);
}

TEST_F(PaychVerbs, money_is_added_to_the_channel_that_there_is) {
    const auto channel = fund("1");
    EXPECT_THAT(paych({"voucher", "create", channel, "1.5"}).err, HasSubstr("strata paych add-funds"));
    EXPECT_EQ(fund("1"), channel);
    EXPECT_EQ(json({"status", channel})["Balance"], fil(2).to_string());
    EXPECT_NE(voucher(channel, "1.5"), "");
    EXPECT_THAT(paych({"voucher", "create", channel, "1.5"}).err, HasSubstr("names the total of its lane"));
}

TEST_F(PaychVerbs, a_channel_is_settled_before_it_is_collected) {
    const auto channel = fund("5");
    const auto promise = voucher(channel, "2");
    EXPECT_THAT(paych({"collect", channel}).err, HasSubstr("begin with strata paych settle"));
    const auto begun = paych({"settle", channel, "--wait"}, "payee");
    ASSERT_EQ(begun.code, kSaysDone) << begun.all();
    EXPECT_THAT(paych({"settle", channel}).err, HasSubstr("is settling already"));
    EXPECT_THAT(paych({"collect", channel}).err, HasSubstr("the channel settles at epoch"));
    EXPECT_EQ(paych({"voucher", "submit", channel, promise, "--wait"}, "payee").code, kSaysDone);
    EXPECT_NE(fund("1"), channel) << "a channel that settles takes no more money";
}

TEST_F(PaychVerbs, refuses_what_cannot_be) {
    const auto channel = fund("5");
    const auto promise = voucher(channel, "1");
    const auto other =
        json({"add-funds", text(client()), text(chain::testing::test_address("worker 2")), "1"})["Channel"]
            .get<std::string>();
    EXPECT_THAT(paych({"voucher", "check", other, promise}).err, HasSubstr("the voucher is for the channel"));
    EXPECT_EQ(paych({"voucher", "check", channel, "hello"}).code, kSaysUsage);
    EXPECT_EQ(paych({"status", text(client())}).code, kSaysUsage);
    EXPECT_THAT(paych({"status", text(client())}).err, HasSubstr("is not a payment channel"));
    EXPECT_EQ(paych({"add-funds", text(client()), text(client_two()), "-1"}).code, kSaysUsage);
    EXPECT_EQ(paych({"add-funds", text(client()), text(client_two()), "1", "--from", "t01"}).code, kSaysUsage);
    // A signature of a stranger: the last character but one lies in the signature.
    auto forged = promise;
    auto& digit = forged[forged.size() - 2];
    digit = digit == 'A' ? 'B' : 'A';
    EXPECT_THAT(paych({"voucher", "check", channel, forged}).err, HasSubstr("not signed by the payer"));
}

}  // namespace
}  // namespace strata::cli
