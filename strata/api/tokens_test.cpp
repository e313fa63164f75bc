// Tokens of the form that Lotus makes (node/impl/common/common.go). The expected signature was made with Python's hmac.
#include <gtest/gtest.h>

#include <strata/api/tokens.hpp>
#include <strata/base/hex.hpp>

namespace strata::api {
namespace {

class FixedRandom final : public crypto::RandomSource {
  public:
    void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, std::uint8_t{7}); }
};

class ApiTokens : public ::testing::Test {
  protected:
    static Tokens::Time at(std::int64_t seconds) { return Tokens::Time(std::chrono::seconds(seconds)); }
    store::MemoryKeyValue records;
    FixedRandom random;
    Tokens tokens = *Tokens::open(records, random);
};

// Python: base64url(hmac.new(bytes([7]*32),
// b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJBbGxvdyI6WyJyZWFkIiwid3JpdGUiXX0", "sha256").digest())
TEST_F(ApiTokens, have_the_form_of_lotus) {
    EXPECT_EQ(tokens.issue({Permission::read, Permission::write}),
              "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJBbGxvdyI6WyJyZWFkIiwid3JpdGUiXX0.9R54u1RGyy_"
              "wTwdaSOJttTLhhSJLzpJlUIIoAP_feZY");
}

TEST_F(ApiTokens, say_what_they_allow_to_the_node_that_made_them) {
    const auto token = tokens.issue({Permission::sign, Permission::admin});
    EXPECT_EQ(*tokens.verify(token, at(0)), (std::vector{Permission::sign, Permission::admin}));
    // The secret stays with the records.
    crypto::SeededRandom other(Bytes{1});
    EXPECT_TRUE(Tokens::open(records, other)->verify(token, at(0)));
    store::MemoryKeyValue elsewhere;
    EXPECT_FALSE(Tokens::open(elsewhere, other)->verify(token, at(0)));
}

TEST_F(ApiTokens, end_at_their_time) {
    const auto token = tokens.issue({Permission::read}, at(1000));
    EXPECT_TRUE(tokens.verify(token, at(999)));
    EXPECT_FALSE(tokens.verify(token, at(1000)));
}

TEST_F(ApiTokens, a_changed_token_is_refused) {
    const auto token = tokens.issue({Permission::read});
    for (std::size_t i = 0; i < token.size(); ++i) {
        auto changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        // The last character of a signature has two bits that mean nothing.
        if (i + 1 == token.size()) continue;
        EXPECT_FALSE(tokens.verify(changed, at(0))) << i;
    }
    for (const std::string bad : {"", ".", "..", "a.b", "a.b.c", "a.b.c.d"})
        EXPECT_FALSE(tokens.verify(bad, at(0))) << bad;
    EXPECT_FALSE(tokens.verify(std::string(10'000, 'a'), at(0)));
}

// RFC 8725 §2.1: "alg": "none" must never be accepted.
TEST_F(ApiTokens, no_other_algorithm_is_accepted) {
    EXPECT_FALSE(tokens.verify("eyJhbGciOiJub25lIn0.eyJBbGxvdyI6WyJhZG1pbiJdfQ.", at(0)));
}

TEST_F(ApiTokens, a_damaged_secret_is_an_error) {
    ASSERT_TRUE(records.put("auth/jwt-secret", Bytes{1, 2}));
    EXPECT_EQ(Tokens::open(records, random).error().code(), Errc::malformed);
}

// Source: lotus v1.36.2, the tags of the methods in api/api_full.go, api_common.go and api_net.go.
TEST(ApiPermissions, are_those_of_lotus) {
    EXPECT_EQ(permission_of("ChainHead"), Permission::read);
    EXPECT_EQ(permission_of("MpoolPush"), Permission::write);
    EXPECT_EQ(permission_of("MpoolPushMessage"), Permission::sign);
    EXPECT_EQ(permission_of("WalletSign"), Permission::sign);
    EXPECT_EQ(permission_of("WalletExport"), Permission::admin);
    EXPECT_EQ(permission_of("AuthNew"), Permission::admin);
    EXPECT_EQ(permission_of("Shutdown"), Permission::admin);
    EXPECT_EQ(permission_of("NetConnect"), Permission::write);
    EXPECT_EQ(permission_of("Nonsense"), std::nullopt);
    EXPECT_TRUE(Permissions().has(Permission::read));
    EXPECT_FALSE(Permissions().has(Permission::write));
    EXPECT_FALSE(Permissions::none().has(Permission::read));
}

}  // namespace
}  // namespace strata::api
