#include <strata/cli/proofs_sector.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace strata::cli {
namespace {

nlohmann::json good() {
    return {{"sector_size", 2048}, {"miner", 1000}, {"number", 5}, {"comm_r", std::string(64, '7')}};
}

TEST(SectorRecordFile, every_field_is_checked_and_named_with_the_file) {
    const auto record = parse_record(good().dump(), "sector.json");
    ASSERT_TRUE(record) << record.error().message();
    EXPECT_EQ(record->number, 5U);
    const auto refused = [](const nlohmann::json& json, const std::string& part) {
        const auto parsed = parse_record(json.dump(), "rec/sector.json");
        ASSERT_FALSE(parsed) << json.dump();
        EXPECT_EQ(parsed.error().code(), Errc::malformed);
        EXPECT_TRUE(parsed.error().message().starts_with("rec/sector.json")) << parsed.error().message();
        EXPECT_NE(parsed.error().message().find(part), std::string::npos) << parsed.error().message();
    };
    for (const auto& [name, value] : good().items()) {
        auto changed = good();
        changed.erase(name);
        refused(changed, name);
        for (const nlohmann::json& wrong : {nlohmann::json(-1), nlohmann::json(), nlohmann::json::array()}) {
            changed[name] = wrong;
            refused(changed, name);
        }
    }
    auto changed = good();
    changed["sector_size"] = 4096;
    refused(changed, "sector_size is 4096, expected");
    changed = good();
    changed["number"] = std::uint64_t{1} << 63;
    refused(changed, "number is 9223372036854775808, expected 0 to 9223372036854775807");
    changed = good();
    changed["comm_r"] = "77";
    refused(changed, "expected 64 hexadecimal digits");
    refused(nlohmann::json::array(), "is not a JSON object");
}

}  // namespace
}  // namespace strata::cli
