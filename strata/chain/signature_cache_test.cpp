// The signatures are those of messages that Lotus accepted (vectors/lotus-devnet); the size and the purpose of the
// cache are those of lotus chain/messagepool (sigValCache, VerifSigCacheSize).
#include <strata/chain/signature_cache.hpp>

#include <gtest/gtest.h>

#include <strata/chain/test_chain.hpp>
#include <strata/chain/test_recorded.hpp>

namespace strata::chain {
namespace {

using testing::address_named;
using testing::key_named;

const Network& network() {
    static const Network out = devnet_2k();
    return out;
}
SignedMessage message(Nonce nonce) {
    Message out;
    out.from = address_named("sender");
    out.to = Address::id(1001);
    out.nonce = nonce;
    return testing::sign(out, key_named("sender"));
}

TEST(SignatureCache, signatures_that_lotus_accepted) {
    auto& history = testing::RecordedChain::with_long_history();
    SignatureCache cache;
    std::size_t checked = 0;
    for (const auto& tipset : history.tipsets) {
        for (const auto& signed_message : history.store.messages(tipset->min_ticket_block()).value().secp) {
            const Address& key = signed_message.message.from;
            const auto valid = cache.check(history.network, signed_message, key);
            EXPECT_TRUE(valid) << valid.error().message();
            auto wrong = signed_message;
            wrong.signature.data[5] ^= 1;
            EXPECT_FALSE(cache.check(history.network, wrong, key));
            // A remembered signature is not valid for a different message.
            wrong = signed_message;
            ++wrong.message.nonce;
            EXPECT_FALSE(cache.check(history.network, wrong, key));
            ++checked;
        }
    }
    EXPECT_EQ(checked, 67U);
    EXPECT_EQ(cache.size(), checked);
}

// Wrong signatures are not remembered: a peer could use them to push the valid ones out.
TEST(SignatureCache, good_signatures_are_remembered) {
    SignatureCache cache(2);
    auto wrong = message(0);
    wrong.signature.data[0] ^= 1;
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(cache.check(network(), wrong, address_named("sender")));
    EXPECT_EQ(cache.size(), 0U);
    for (Nonce nonce = 0; nonce < 9; ++nonce) {
        EXPECT_TRUE(cache.check(network(), message(nonce), address_named("sender")));
        EXPECT_TRUE(cache.check(network(), message(nonce), address_named("sender")));
        EXPECT_LE(cache.size(), 4U);
    }
}

// The key and the type of the signature are part of what is remembered.
TEST(SignatureCache, a_different_key_or_type_is_checked_anew) {
    SignatureCache cache;
    const auto good = message(8);
    EXPECT_TRUE(cache.check(network(), good, address_named("sender")));
    EXPECT_FALSE(cache.check(network(), good, address_named("other")));
    auto retyped = good;
    retyped.signature.type = Signature::Type::secp256k1;
    EXPECT_FALSE(cache.check(network(), retyped, address_named("sender")));
    auto longer = good;
    longer.signature.data.push_back(0);
    EXPECT_FALSE(cache.check(network(), longer, address_named("sender")));
    EXPECT_EQ(cache.size(), 1U);
}

// A signature that is asked for again and again outlives those that came after it.
TEST(SignatureCache, one_in_use_stays) {
    SignatureCache cache(2);
    const auto kept = message(100);
    EXPECT_TRUE(cache.check(network(), kept, address_named("sender")));
    for (Nonce nonce = 0; nonce < 20; ++nonce) {
        EXPECT_TRUE(cache.check(network(), message(nonce), address_named("sender")));
        EXPECT_TRUE(cache.check(network(), kept, address_named("sender")));
        EXPECT_LE(cache.size(), 4U);
    }
}

}  // namespace
}  // namespace strata::chain
