// Wallets whose keys are encrypted. Lotus has none; the methods of crypto/secret_seal are tested against others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::wallet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr crypto::StretchCost kCheap = crypto::kLeastStretch;

class LockedWallet : public ::testing::Test {
  protected:
    PrivateKey key(std::uint8_t number, KeyType type = KeyType::secp256k1) { return {type, Bytes(32, number)}; }
    Bytes all_records() {
        Bytes out;
        EXPECT_TRUE(records_.for_each("wallet/", [&](std::string_view name, BytesView value) -> Result<bool> {
            append(out, as_bytes(name));
            append(out, value);
            return true;
        }));
        return out;
    }
    bool shows(const PrivateKey& key) { return to_hex(all_records()).contains(to_hex(key.secret)); }

    store::MemoryKeyValue records_;
    int forgotten_ = 0;
    Wallet wallet_{records_, [this] {
                       ++forgotten_;
                       return Status();
                   }};
};

TEST_F(LockedWallet, secrets_leave_the_records_and_signatures_stay_the_same) {
    const auto address = wallet_.import_key(key(1)).value();
    const auto removed = wallet_.import_key(key(2)).value();
    ASSERT_TRUE(wallet_.remove(removed));
    const auto before = wallet_.sign(address, as_bytes("data")).value();
    EXPECT_TRUE(shows(key(1)) && shows(key(2)));

    ASSERT_TRUE(wallet_.encrypt("some words", kCheap));
    EXPECT_FALSE(shows(key(1)) || shows(key(2)));
    EXPECT_EQ(forgotten_, 1);
    EXPECT_FALSE(wallet_.is_locked().value());
    EXPECT_EQ(wallet_.sign(address, as_bytes("data")).value(), before);
    EXPECT_FALSE(wallet_.encrypt("other words", kCheap));

    const auto later = wallet_.import_key(key(3, KeyType::bls)).value();
    EXPECT_FALSE(shows(key(3)));
    EXPECT_EQ(wallet_.export_key(later).value(), key(3, KeyType::bls));
}

TEST_F(LockedWallet, a_new_start_is_locked_until_the_passphrase_comes) {
    const auto address = wallet_.import_key(key(1)).value();
    ASSERT_TRUE(wallet_.encrypt("some words", kCheap));

    Wallet restarted(records_);
    EXPECT_TRUE(restarted.is_locked().value());
    EXPECT_THAT(restarted.list().value(), ElementsAre(address));
    EXPECT_TRUE(restarted.has(address).value());
    const auto refused = restarted.sign(address, as_bytes("data"));
    EXPECT_EQ(refused.error().code(), Errc::busy);
    EXPECT_THAT(refused.error().message(), HasSubstr("strata wallet unlock"));
    EXPECT_EQ(restarted.import_key(key(2)).error().code(), Errc::busy);
    EXPECT_EQ(restarted.import_key(key(1)).value(), address) << "it is there already";

    EXPECT_EQ(restarted.unlock("some word").error().code(), Errc::verification);
    EXPECT_TRUE(restarted.is_locked().value());
    ASSERT_TRUE(restarted.unlock("some words"));
    EXPECT_EQ(restarted.export_key(address).value(), key(1));
    restarted.lock();
    EXPECT_EQ(restarted.export_key(address).error().code(), Errc::busy);
}

TEST_F(LockedWallet, the_passphrase_can_change_and_go) {
    const auto address = wallet_.import_key(key(1)).value();
    EXPECT_EQ(wallet_.unlock("x").error().code(), Errc::invalid_argument) << "it is not encrypted";
    EXPECT_EQ(wallet_.encrypt("", kCheap).error().code(), Errc::invalid_argument);
    ASSERT_TRUE(wallet_.encrypt("first", kCheap));
    EXPECT_EQ(wallet_.change_passphrase("second", "third", kCheap).error().code(), Errc::verification);
    ASSERT_TRUE(wallet_.change_passphrase("first", "second", kCheap));

    Wallet restarted(records_);
    EXPECT_FALSE(restarted.unlock("first"));
    EXPECT_FALSE(restarted.decrypt("first"));
    ASSERT_TRUE(restarted.decrypt("second"));
    EXPECT_FALSE(restarted.is_encrypted().value());
    EXPECT_EQ(Wallet(records_).export_key(address).value(), key(1));
    EXPECT_TRUE(shows(key(1)));
}

// Who can write the records must not be able to make one address sign with a different address's key.
TEST_F(LockedWallet, a_record_under_a_different_address_does_not_open) {
    const auto first = wallet_.import_key(key(1)).value();
    const auto second = wallet_.import_key(key(2)).value();
    ASSERT_TRUE(wallet_.encrypt("some words", kCheap));
    const auto record = records_.get("wallet/key/" + first.to_string()).value();
    ASSERT_TRUE(records_.put("wallet/key/" + second.to_string(), *record));
    EXPECT_EQ(wallet_.sign(second, as_bytes("data")).error().code(), Errc::verification);
    EXPECT_TRUE(wallet_.sign(first, as_bytes("data")));
}

TEST_F(LockedWallet, damaged_records_are_named_and_cost_no_memory) {
    const auto address = wallet_.import_key(key(1)).value();
    ASSERT_TRUE(wallet_.encrypt("some words", kCheap));
    const auto sealed = records_.get("wallet/seal").value().value();
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        Bytes changed = sealed;
        changed[i] ^= 0x80;
        ASSERT_TRUE(records_.put("wallet/seal", changed));
        EXPECT_FALSE(Wallet(records_).unlock("some words")) << i;
    }
    ASSERT_TRUE(records_.put("wallet/seal", sealed));
    const auto name = "wallet/key/" + address.to_string();
    Bytes record = records_.get(name).value().value();
    record.back() ^= 1;
    ASSERT_TRUE(records_.put(name, record));
    EXPECT_THAT(wallet_.export_key(address).error().message(), HasSubstr(address.to_string() + " is damaged"));
}

}  // namespace
}  // namespace strata::wallet
