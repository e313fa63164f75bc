#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <strata/api/json.hpp>

namespace strata::api {
namespace {

TEST(Printer, AddressesOfErrorsAreWrittenAsTheNetworkDoes) {
    const std::string key = "1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa";
    const Printer print('t');
    EXPECT_EQ(print.with_prefix("no actor for f" + key + ", f01000: fine"), "no actor for t" + key + ", t01000: fine");
    EXPECT_EQ(print.with_prefix("fee cap f0 f17 bafkqaaa0f01"), "fee cap f0 f17 bafkqaaa0f01");
    EXPECT_EQ(Printer('f').with_prefix("f01000"), "f01000");
}

}  // namespace
}  // namespace strata::api
