// Methods of an encrypted wallet; the names are Venus', the behaviour is ours.
#include <gmock/gmock.h>

#include <strata/api/test_node.hpp>

namespace strata::api {
namespace {

using ::testing::HasSubstr;

class ApiWalletLock : public testing::TestNode {};

TEST_F(ApiWalletLock, a_locked_wallet_lists_and_does_not_sign) {
    EXPECT_EQ(result("HasPassword", Json::array()), false);
    EXPECT_EQ(result("WalletState", Json::array()), 2);
    EXPECT_THAT(message("LockWallet", Json::array()), HasSubstr("strata wallet encrypt"));
    const auto keys = result("WalletList", Json::array());

    result("SetPassword", {"some words"});
    EXPECT_EQ(result("HasPassword", Json::array()), true);
    EXPECT_EQ(result("WalletState", Json::array()), 2);
    result("WalletSign", {text(client()), "AAAA"});

    result("LockWallet", Json::array());
    EXPECT_EQ(result("WalletState", Json::array()), 1);
    EXPECT_EQ(result("WalletList", Json::array()), keys);
    EXPECT_THAT(message("WalletSign", {text(client()), "AAAA"}), HasSubstr("strata wallet unlock"));
    EXPECT_THAT(message("UnLockWallet", {"some word"}), HasSubstr("the passphrase is wrong"));
    result("UnLockWallet", {"some words"});
    result("WalletSign", {text(client()), "AAAA"});
    result("ChangePassword", {"some words", "other words"});
    result("LockWallet", Json::array());
    result("UnLockWallet", {"other words"});
}

}  // namespace
}  // namespace strata::api
