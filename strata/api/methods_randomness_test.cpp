// Protects the API's randomness, by which providers seal and prove: the wrong tag, epoch or order of bytes would make
// every proof invalid. Sources: answers of Lotus 1.36.2 over two recorded chains; lotus chain/rand/rand.go
// (DrawRandomnessFromDigest); lotus api/v0api/full.go for the order of the first API's parameters.
#include <strata/api/test_recorded_api.hpp>

namespace strata::api {
namespace {

using testing::kRecorded;
using testing::recorded;

constexpr const char* kMethods[] = {"StateGetRandomnessFromTickets", "StateGetRandomnessFromBeacon"};

Bytes big_endian(std::uint64_t value) {
    Bytes out;
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
    return out;
}

TEST(ApiRandomness, answers_are_those_of_lotus) {
    testing::expect_answers_of_lotus({kMethods[0], kMethods[1]});
}

// DrawRandomnessFromDigest: BLAKE2b-256 of tag, digest, epoch and entropy, both numbers with 64 bits in big endian.
TEST(ApiRandomness, a_digest_is_what_the_draws_are_made_of) {
    for (const auto& name : kRecorded) {
        auto& chain = recorded(name);
        for (const auto& sample : chain.lotus.samples) {
            const bool tickets = sample["method"] == kMethods[0];
            if (!tickets && sample["method"] != kMethods[1]) continue;
            const auto params = Json::parse(sample["params"].dump());
            const auto digest =
                chain.api.result(tickets ? "StateGetRandomnessDigestFromTickets" : "StateGetRandomnessDigestFromBeacon",
                                 {params[1], params[3]});
            Bytes all = big_endian(params[0].get<std::uint64_t>());
            for (const auto& part :
                 {from_base64(digest.get<std::string>()).value(), big_endian(params[1].get<std::uint64_t>()),
                  from_base64(params[2].get<std::string>()).value()})
                all.insert(all.end(), part.begin(), part.end());
            // The digest of a CID of raw bytes is their BLAKE2b-256.
            EXPECT_EQ(to_base64(Cid::hash_of(Codec::raw, all).digest()), sample["result"].get<std::string>()) << params;
        }
    }
}

TEST(ApiRandomness, the_first_api_names_the_tipset_first) {
    auto& chain = recorded("real");
    const auto tickets = chain.lotus.sample(kMethods[0]);
    const auto beacon = chain.lotus.sample(kMethods[1]);
    for (const auto& sample : chain.lotus.samples) {
        if (sample["method"] != kMethods[0] && sample["method"] != kMethods[1]) continue;
        const auto p = Json::parse(sample["params"].dump());
        const char* old =
            sample["method"] == kMethods[0] ? "ChainGetRandomnessFromTickets" : "ChainGetRandomnessFromBeacon";
        EXPECT_EQ(chain.api.result(old, {p[3], p[0], p[1], p[2]}, "/rpc/v0"), sample["result"].get<std::string>());
    }
}

TEST(ApiRandomness, nobody_knows_the_randomness_of_an_epoch_above_the_head) {
    auto& chain = recorded("real");
    for (const char* method : kMethods) {
        EXPECT_EQ(chain.api.code(method, {1, 206, "", chain.head()}), 1) << method;
        EXPECT_EQ(chain.api.code(method, {1, INT64_MAX, "", chain.head()}), 1) << method;
        EXPECT_EQ(chain.api.code(method, {1, 205, "", chain.head()}), 0) << method;
        EXPECT_NE(chain.api.code(method, {1, 205, "not base64!", chain.head()}), 0) << method;
    }
}

}  // namespace
}  // namespace strata::api
