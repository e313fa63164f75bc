// Protects vouchers: their text, the rules by which a channel redeems them, and that a client loses none. The text with
// its base64 is that of the README of blitslabs/filecoin-js-signer (createVoucher); the rules are those of
// docs/protocol/fvm.md §8.12.
#include <strata/client/vouchers.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <strata/testing/temp_folder.hpp>

namespace strata::client {
namespace {

using ::testing::HasSubstr;

constexpr const char* kUnsigned = "i1UBs06WFTqFA5Kae0SvysnFOUiR2UQAAED2AABJAA3gtrOnZAAAAID2";
const Address kChannel = Address::id(1010);

SignedVoucher voucher(std::uint64_t lane, std::uint64_t nonce, std::int64_t amount) {
    SignedVoucher out;
    out.channel = kChannel;
    out.lane = lane;
    out.nonce = nonce;
    out.amount = amount;
    out.signature = Signature{Signature::Type::secp256k1, Bytes(65, 7)};
    return out;
}
/// A channel with 100 attoFIL, of which lane 1 has redeemed 10 with nonce 3.
Channel channel() {
    Channel out;
    out.balance = 100;
    out.epoch = 50;
    out.state.to_send = 10;
    out.lanes[1] = {.redeemed = 10, .nonce = 3};
    return out;
}
std::string why(const SignedVoucher& given, const Channel& in = channel()) {
    const auto done = check_voucher(in, given);
    return done ? "" : done.error().message();
}

TEST(Vouchers, their_text_is_that_of_others) {
    const auto read = parse_voucher(kUnsigned);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->channel.to_string('f'), "f1wnhjmfj2qubzfgt3isx4vsofhfejdwkeqgqzr4y");
    EXPECT_EQ(read->amount, fil(1));
    EXPECT_FALSE(read->signature);
    EXPECT_EQ(voucher_text(*read), kUnsigned);
    const auto whole = voucher(2, 5, 77);
    EXPECT_EQ(voucher_text(parse_voucher(voucher_text(whole)).value()), voucher_text(whole));
}

TEST(Vouchers, a_text_that_is_none_is_refused) {
    for (const std::string& text : {std::string(), std::string("hello"), std::string(kUnsigned) + "=",
                                    std::string(kUnsigned).substr(0, 40), std::string(70'000, 'A')}) {
        const auto read = parse_voucher(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code(), Errc::invalid_argument);
        EXPECT_THAT(read.error().message(), HasSubstr("not a voucher"));
    }
}

TEST(Vouchers, a_channel_redeems_what_its_rules_allow) {
    EXPECT_EQ(why(voucher(1, 4, 100)), "");  // 90 more
    EXPECT_EQ(why(voucher(7, 0, 90)), "") << "a new lane begins with any nonce";
    EXPECT_THAT(why(voucher(1, 4, 101)), HasSubstr("has"));
    EXPECT_THAT(why(voucher(7, 1, 91)), HasSubstr("would pay"));
    EXPECT_THAT(why(voucher(1, 3, 50)), HasSubstr("has come to 3"));
    EXPECT_THAT(why(voucher(1, 4, -1)), HasSubstr("negative"));
    EXPECT_THAT(why(voucher(std::uint64_t{1} << 63, 4, 1)), HasSubstr("does not exist"));
    auto unsigned_one = voucher(1, 4, 20);
    unsigned_one.signature.reset();
    EXPECT_THAT(why(unsigned_one), HasSubstr("no signature"));
}

TEST(Vouchers, a_channel_keeps_to_times) {
    auto early = voucher(1, 4, 20);
    early.time_lock_min = 51;
    EXPECT_THAT(why(early), HasSubstr("before epoch 51"));
    early.time_lock_min = 50;
    EXPECT_EQ(why(early), "");
    auto late = voucher(1, 4, 20);
    late.time_lock_max = 49;
    EXPECT_THAT(why(late), HasSubstr("expired at epoch 49"));
    late.time_lock_max = 50;
    EXPECT_EQ(why(late), "");
    auto settling = channel();
    settling.state.settling_at = 51;
    EXPECT_EQ(why(voucher(1, 4, 20), settling), "");
    settling.state.settling_at = 50;
    EXPECT_THAT(why(voucher(1, 4, 20), settling), HasSubstr("has settled"));
}

TEST(Vouchers, merged_lanes_count_as_paid) {
    auto merging = voucher(2, 1, 100);
    merging.merges = {{.lane = 1, .nonce = 4}};
    EXPECT_EQ(why(merging), "");  // the 10 of lane 1 are in the 100
    merging.merges = {{.lane = 1, .nonce = 3}};
    EXPECT_THAT(why(merging), HasSubstr("merges lane 1"));
    merging.merges = {{.lane = 5, .nonce = 4}};
    EXPECT_THAT(why(merging), HasSubstr("merges lane 5"));
}

TEST(Vouchers, the_next_one_names_the_total_of_its_lane) {
    const auto first = next_voucher(channel(), {}, kChannel, 1, 30).value();
    EXPECT_EQ(first.nonce, 4U);
    EXPECT_EQ(first.amount, 30);
    const auto second = next_voucher(channel(), {voucher(1, 4, 30)}, kChannel, 1, 31).value();
    EXPECT_EQ(second.nonce, 5U);
    const auto refusal = [](std::uint64_t lane, const TokenAmount& total) {
        const auto made = next_voucher(channel(), {voucher(1, 4, 30), voucher(2, 1, 40)}, kChannel, lane, total);
        return made ? "" : made.error().message();
    };
    EXPECT_THAT(refusal(1, 30), HasSubstr("lane 1 has promised"));
    EXPECT_EQ(refusal(1, 60), "");  // with the 40 of lane 2, all that there is
    EXPECT_THAT(refusal(1, 61), HasSubstr("add-funds"));
    EXPECT_THAT(refusal(3, 31), HasSubstr("add-funds"));
    EXPECT_EQ(refusal(3, 30), "");
}

TEST(Vouchers, the_best_of_each_lane_are_those_that_pay_now) {
    auto locked = voucher(1, 6, 90);
    locked.time_lock_min = 1'000;
    const auto best = best_vouchers(channel(), {voucher(1, 3, 99), voucher(1, 4, 20), voucher(1, 5, 30), locked,
                                                voucher(2, 1, 5), voucher(3, 1, 1'000)});
    ASSERT_EQ(best.size(), 2U);
    EXPECT_EQ(best[0].amount, 30);
    EXPECT_EQ(best[1].lane, 2U);
}

TEST(Vouchers, a_book_keeps_them_by_channel) {
    const testing::TempFolder folder;
    const VoucherBook book(folder / "vouchers");
    EXPECT_TRUE(book.channels().value().empty());
    EXPECT_TRUE(book.of(kChannel).value().empty());
    ASSERT_TRUE(book.add(kChannel));
    const auto add = [&](const SignedVoucher& one) {
        return book.add(kChannel, [&](const auto&) -> Result<SignedVoucher> { return one; });
    };
    EXPECT_TRUE(add(voucher(2, 1, 5)).value());
    EXPECT_TRUE(add(voucher(1, 1, 5)).value());
    EXPECT_FALSE(add(voucher(1, 1, 5)).value()) << "it is there";
    const auto clash = add(voucher(1, 1, 6));
    ASSERT_FALSE(clash);
    EXPECT_THAT(clash.error().message(), HasSubstr("a different voucher with the nonce 1"));
    ASSERT_TRUE(book.add(kChannel)) << "a channel that is there keeps its vouchers";
    const auto all = VoucherBook(folder / "vouchers").of(kChannel).value();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].lane, 1U);
    EXPECT_EQ(book.channels().value(), std::vector{kChannel});
}

TEST(Vouchers, a_damaged_book_is_an_error_that_names_the_file) {
    const testing::TempFolder folder;
    const VoucherBook book(folder.path());
    std::ofstream(folder / (kChannel.to_string('f') + ".vouchers")) << "nonsense\n";
    const auto read = book.of(kChannel);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), Errc::malformed);
    EXPECT_THAT(read.error().message(), HasSubstr("f01010.vouchers"));
    EXPECT_FALSE(book.add(kChannel)) << "and it is not written over";
    std::ofstream(folder / "other.vouchers") << "";
    EXPECT_FALSE(book.channels());
}

}  // namespace
}  // namespace strata::client
