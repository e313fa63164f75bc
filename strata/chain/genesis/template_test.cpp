#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/chain/genesis/template.hpp>
#include <strata/ipld/multibase.hpp>

namespace strata::chain {
namespace {

using Json = nlohmann::json;

// The template as lotus-seed writes it (vectors/lotus-devnet/real/sectors.tar.zst), shortened.
constexpr std::string_view kText = R"({
  "NetworkVersion": 28,
  "Accounts": [
    {"Type": "account", "Balance": "50000000000000000000000",
     "Meta": {"Owner": "t1e64qivt6d6vgyfzur7i7d2pne22uhwfvw4j4j4a"}}
  ],
  "Miners": [{
    "ID": "t01000",
    "Owner": "t3q52cf4bmwhznsbzh47umr7lnzvqyhllfrc3agj24lf6zujzrtkdogtd2sk626bgryrogtxi6qqb5yx7uphka",
    "Worker": "t3q52cf4bmwhznsbzh47umr7lnzvqyhllfrc3agj24lf6zujzrtkdogtd2sk626bgryrogtxi6qqb5yx7uphka",
    "PeerId": "12D3KooWJ3uRQRgWL1sWXoWysPJpT7fK7hofverk8nzByaK1hNoE",
    "MarketBalance": "7", "PowerBalance": "0", "SectorSize": 2048,
    "Sectors": [{
      "CommR": {"/": "bagboea4b5abcbwxujtz3ftc36cjab43q3d6pbarbxxlnkde6t2e62ar34jpuovrm"},
      "CommD": {"/": "baga6ea4seaqkinihspjp5lesfmkqkewydtsubiycyb2obpcebdjycaukcwaoqlq"},
      "SectorID": 3,
      "Deal": {
        "PieceCID": {"/": "baga6ea4seaqkinihspjp5lesfmkqkewydtsubiycyb2obpcebdjycaukcwaoqlq"},
        "PieceSize": 2048, "VerifiedDeal": false,
        "Client": "t3q52cf4bmwhznsbzh47umr7lnzvqyhllfrc3agj24lf6zujzrtkdogtd2sk626bgryrogtxi6qqb5yx7uphka",
        "Provider": "t01000", "Label": "a label", "StartEpoch": 0, "EndEpoch": 9001,
        "StoragePricePerEpoch": "1", "ProviderCollateral": "2", "ClientCollateral": "3"},
      "DealClientKey": {"Type": "bls", "PrivateKey": "GV/sg6rWUTPthFerKuq/8i7v1u+3PxdEXgAZO/bEDVg="},
      "ProofType": 5}]
  }],
  "NetworkName": "a name", "Timestamp": 1795404768,
  "VerifregRootKey": {"Type": "multisig", "Balance": "0", "Meta": {
    "Signers": ["t1e64qivt6d6vgyfzur7i7d2pne22uhwfvw4j4j4a"],
    "Threshold": 1, "VestingDuration": 10, "VestingStart": 5}},
  "RemainderAccount": {"Type": "account", "Balance": "0",
                       "Meta": {"Owner": "t1ceb34gnsc6qk5dt6n7xg6ycwzasjhbxm3iylkiy"}}
})";

TEST(GenesisTemplate, IsReadWhole) {
    const auto parsed = parse_genesis_template(kText);
    ASSERT_TRUE(parsed) << parsed.error().message();
    EXPECT_EQ(parsed->network_name, "a name");
    EXPECT_EQ(parsed->timestamp, 1795404768u);
    ASSERT_EQ(parsed->accounts.size(), 1u);
    EXPECT_EQ(parsed->accounts[0].balance, fil(50'000));
    EXPECT_EQ(std::get<GenesisAccount>(parsed->accounts[0].kind).owner.to_string('t'),
              "t1e64qivt6d6vgyfzur7i7d2pne22uhwfvw4j4j4a");
    const auto& root = std::get<GenesisMultisig>(parsed->verifreg_root.kind);
    EXPECT_EQ(root.signers.size(), 1u);
    EXPECT_EQ(root.threshold, 1u);
    EXPECT_EQ(root.vesting_duration, 10);
    EXPECT_EQ(root.vesting_start, 5);
    EXPECT_TRUE(std::holds_alternative<GenesisAccount>(parsed->remainder.kind));

    ASSERT_EQ(parsed->miners.size(), 1u);
    const auto& miner = parsed->miners[0];
    EXPECT_EQ(miner.id, Address::id(1000));
    EXPECT_EQ(miner.owner, miner.worker);
    EXPECT_EQ(to_base58btc(miner.peer_id), "12D3KooWJ3uRQRgWL1sWXoWysPJpT7fK7hofverk8nzByaK1hNoE");
    EXPECT_EQ(miner.market_balance, TokenAmount(7));
    EXPECT_EQ(miner.sector_size, SectorSize::size_2KiB);
    ASSERT_EQ(miner.sectors.size(), 1u);
    const auto& sector = miner.sectors[0];
    EXPECT_EQ(sector.number, 3u);
    EXPECT_EQ(static_cast<int>(sector.proof), 5);
    EXPECT_EQ(sector.comm_d, sector.deal.piece_cid);
    EXPECT_EQ(sector.deal.end_epoch, 9001);
    EXPECT_EQ(std::get<std::string>(sector.deal.label.value), "a label");
    EXPECT_EQ(sector.deal.client_collateral, TokenAmount(3));
    EXPECT_EQ(wallet::address_of(sector.deal_client_key).value(), miner.worker);
}

std::string refusal(const Json& file) {
    const auto parsed = parse_genesis_template(file.dump());
    if (parsed) return "read";
    EXPECT_TRUE(parsed.error().code() == Errc::malformed || parsed.error().code() == Errc::unsupported);
    return parsed.error().message();
}

TEST(GenesisTemplate, EveryMissingFieldIsNamed) {
    const Json good = Json::parse(kText);
    const Json flat = good.flatten();
    std::size_t refused = 0;
    for (const auto& [path, value] : flat.items()) {
        const Json::json_pointer at(path);
        if (path == "/Timestamp") continue;  // a timestamp of 0 may be omitted
        if (path.ends_with("/Signers/0")) continue;
        Json bad = good;
        bad[at.parent_pointer()].erase(at.back());
        const auto why = refusal(bad);
        EXPECT_NE(why, "read") << path;
        ++refused;
        bad = good;
        bad[at] = Json::array();
        EXPECT_NE(refusal(bad), "read") << path;
    }
    EXPECT_EQ(refused, flat.size() - 2);
    Json bad = good;
    bad["Miners"][0]["Sectors"][0]["Deal"].erase("Client");
    EXPECT_EQ(refusal(bad), "genesis template: $.Miners[0].Sectors[0].Deal: the field Client is missing");
}

TEST(GenesisTemplate, ValuesOutOfRangeAreRefused) {
    const Json good = Json::parse(kText);
    const auto with = [&](const char* path, const Json& value) {
        Json bad = good;
        bad[Json::json_pointer(path)] = value;
        return refusal(bad);
    };
    EXPECT_EQ(with("/NetworkVersion", 26), "genesis template: network version is 26, expected 27 to 28");
    EXPECT_EQ(with("/Accounts/0/Balance", "-1"),
              "genesis template: $.Accounts[0].Balance: the amount is -1, expected at least 0");
    EXPECT_EQ(with("/Accounts/0/Type", "evm"),
              "genesis template: $.Accounts[0].Type: the type is \"evm\", expected \"account\" or \"multisig\"");
    EXPECT_NE(with("/Accounts/0/Balance", "1x"), "read");
    EXPECT_NE(with("/Miners/0/SectorSize", 2047), "read");
    EXPECT_NE(with("/Miners/0/PeerId", "0OIl"), "read");
    EXPECT_NE(with("/Miners/0/Sectors/0/ProofType", 99), "read");
    EXPECT_NE(with("/Miners/0/Sectors/0/Deal/EndEpoch", UINT64_MAX), "read");
    EXPECT_NE(with("/Miners/0/Sectors/0/DealClientKey/PrivateKey", "AAAA"), "read");
    EXPECT_NE(with("/Accounts", Json(std::vector<Json>(901, good["Accounts"][0]))), "read");
    EXPECT_EQ(with("/Accounts", nullptr), "read");  // Go writes an empty list as null
    for (const auto* text : {"", "{", "[]", "null", "7", "{}"}) EXPECT_FALSE(parse_genesis_template(text)) << text;
}

}  // namespace
}  // namespace strata::chain
