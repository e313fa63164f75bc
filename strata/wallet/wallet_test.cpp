// Tests the addresses and signatures of keys from a network that Lotus ran.
#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::wallet {
namespace {

// The addresses are those that Lotus gave these keys (vectors/lotus-devnet/real/keys.json).
struct Known {
    const char* type;
    const char* secret;
    const char* address;
};
constexpr Known kKnown[] = {
    {"secp256k1", "m1fNM15EWnNWc2v/H9YYsbxjIh8W2uSUuKrstQLQFeQ=", "t1wdnvddhrm7tcstqwv37oi4f2y4oe343u233fdxy"},
    {"bls", "GV/sg6rWUTPthFerKuq/8i7v1u+3PxdEXgAZO/bEDVg=",
     "t3q52cf4bmwhznsbzh47umr7lnzvqyhllfrc3agj24lf6zujzrtkdogtd2sk626bgryrogtxi6qqb5yx7uphka"},
    {"delegated", "WRgBK+GvRwk2F7B4B/E2V0KGfdH71WWr2F/Ri4/oJQE=", "t410ff5e2crd3fi2ell5ameb24oe66kibmio6w2ev5fq"},
    {"secp256k1", "FoETFEk3ngX/qDmiDxqGcviUyxeBYPrBRN17Xw4M6MQ=", "t1e64qivt6d6vgyfzur7i7d2pne22uhwfvw4j4j4a"},
    {"secp256k1", "yd84sNSjfLFaoW3u/oR1B1yPmhKc4wEnVehTj8SXnmk=", "t1zwgynn64ipo5wak7yfcrgem6k2bms332rwkav4i"},
    {"bls", "hQOyL4j54aXOtzwxRIplT1gkGP4eZhfVckMKV0bZZF4=",
     "t3vwjicvl3vv34vmq5x2k7blyjs5p6f6uynnn5d4dd2iacwvw7ya33sbiizvpdepnjio5c5pvw3hdwih5drqja"},
    {"bls", "/dRVi6xjGF+erBCdCzTjZOhoXNfGf/smc2cl690hizw=",
     "t3w6726yukxgctrq3bo44srmhjuyvm4knw3s7tyfe4nybbfbedvu53ltqnoyb2axtmt623bebkgtaaqwnbs3ja"},
};

std::string record(const Known& known) {
    return std::string(R"({"Type":")") + known.type + R"(","PrivateKey":")" + known.secret + R"("})";
}

TEST(Keys, addresses_of_lotus) {
    for (const auto& known : kKnown) {
        const auto key = parse_key(record(known));
        ASSERT_TRUE(key) << known.type;
        EXPECT_EQ(address_of(*key)->to_string('t'), known.address);
        EXPECT_EQ(to_json(*key), record(known));
        EXPECT_EQ(*parse_key(to_hex_lotus(*key) + "\n"), *key);
    }
}

TEST(Keys, old_numbers_for_types) {
    const auto key = parse_key(R"({"Type":2,"PrivateKey":"GV/sg6rWUTPthFerKuq/8i7v1u+3PxdEXgAZO/bEDVg="})");
    ASSERT_TRUE(key);
    EXPECT_EQ(key->type, KeyType::bls);
}

TEST(Keys, white_space_around_a_key) {
    // Lotus trims white space before it decodes (cli/wallet.go); reported in lotus#2893 and singularity#363.
    for (const auto& known : kKnown) {
        const auto key = parse_key(record(known));
        ASSERT_TRUE(key);
        for (const char* before : {"\n", " ", "\t\r\n "})
            for (const char* after : {"", "\n", "\r\n", " \t"}) {
                EXPECT_EQ(*parse_key(before + to_hex_lotus(*key) + after), *key);
                EXPECT_EQ(*parse_key(before + to_json(*key) + after), *key);
            }
    }
}

TEST(Keys, names_of_fields_in_any_case) {
    const auto& known = kKnown[0];
    const auto key =
        parse_key(std::string(R"({"privatekey":")") + known.secret + R"(","TYPE":")" + known.type + R"("})");
    ASSERT_TRUE(key);
    EXPECT_EQ(address_of(*key)->to_string('t'), known.address);
}

TEST(Keys, record_of_go_filecoin) {
    // This is the struct that lotus cli/wallet.go reads as gfc-json.
    const auto text = [](const Known& known, int type) {
        return std::string(R"({"KeyInfo":[{"PrivateKey":")") + known.secret + R"(","SigType":)" + std::to_string(type) +
               "}]}";
    };
    EXPECT_EQ(address_of(*parse_key(text(kKnown[0], 1)))->to_string('t'), kKnown[0].address);
    EXPECT_EQ(address_of(*parse_key(text(kKnown[1], 2)))->to_string('t'), kKnown[1].address);
    EXPECT_FALSE(parse_key(text(kKnown[1], 4)));
    EXPECT_FALSE(parse_key(R"({"KeyInfo":[]})"));
    EXPECT_FALSE(parse_key(R"({"KeyInfo":7})"));
}

TEST(Keys, errors_never_show_the_secret) {
    const std::string secret = kKnown[0].secret;
    for (const auto& text :
         {R"({"Type":"rsa","PrivateKey":")" + secret + R"("})", R"({"Type":9,"PrivateKey":")" + secret + R"("})",
          R"({"Type":"bls","PrivateKey":")" + secret + R"(")", "{\"PrivateKey\":\"" + secret + "\"}",
          R"({"Type":"bls","PrivateKey":")" + secret + R"(!"})"}) {
        const auto key = parse_key(text);
        ASSERT_FALSE(key) << text;
        EXPECT_FALSE(key.error().message().contains(secret.substr(0, 8))) << key.error().message();
    }
}

TEST(Keys, a_huge_text_is_refused) {
    EXPECT_EQ(parse_key(std::string(1 << 20, '[')).error().code(), Errc::too_large);
    EXPECT_FALSE(parse_key(std::string(60'000, '[')));
}

TEST(Keys, refused) {
    for (const char* text :
         {"", "{}", "zz", "7b7d", R"({"Type":"rsa","PrivateKey":""})", R"({"Type":1,"PrivateKey":"AA=="})",
          R"({"Type":1,"PrivateKey":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})"})
        EXPECT_FALSE(parse_key(text)) << text;
}

TEST(Keys, signatures_are_accepted) {
    const Bytes data{1, 2, 3};
    for (const auto& known : kKnown) {
        const auto key = parse_key(record(known));
        const auto signature = sign_with(*key, data);
        ASSERT_TRUE(signature);
        EXPECT_TRUE(verify_signature(*signature, *address_of(*key), data));
        EXPECT_FALSE(verify_signature(*signature, *address_of(*key), Bytes{1, 2, 4}));
    }
}

TEST(Wallet, keeps_and_forgets) {
    store::MemoryKeyValue records;
    Wallet wallet(records);
    crypto::SeededRandom random(Bytes{7});
    const auto bls = wallet.import_key(generate_key(KeyType::bls, random));
    const auto secp = wallet.import_key(generate_key(KeyType::secp256k1, random));
    ASSERT_TRUE(bls && secp);
    EXPECT_EQ(wallet.list()->size(), 2U);
    EXPECT_TRUE(*Wallet(records).has(*secp));
    EXPECT_TRUE(verify_signature(*wallet.sign(*bls, Bytes{9}), *bls, Bytes{9}));
    EXPECT_TRUE(wallet.remove(*bls));
    EXPECT_EQ(wallet.sign(*bls, Bytes{9}).error().code(), Errc::not_found);
    EXPECT_FALSE(*wallet.has(*bls));
    EXPECT_TRUE(wallet.remove(*secp));
    EXPECT_TRUE(wallet.list()->empty());
}

// As in Lotus (chain/wallet/wallet.go): the default goes with its key, and a removed key is kept aside.
TEST(Wallet, one_key_is_the_default) {
    store::MemoryKeyValue records;
    Wallet wallet(records);
    const auto one = *wallet.import_key(*parse_key(record(kKnown[0])));
    const auto two = *wallet.import_key(*parse_key(record(kKnown[1])));
    EXPECT_EQ(*wallet.default_address(), std::nullopt);
    EXPECT_EQ(wallet.set_default(Address::id(5)).error().code(), Errc::not_found);
    ASSERT_TRUE(wallet.set_default(two));
    EXPECT_EQ(*Wallet(records).default_address(), two);
    ASSERT_TRUE(wallet.remove(one));
    EXPECT_EQ(*wallet.default_address(), two);
    ASSERT_TRUE(wallet.remove(two));
    EXPECT_EQ(*wallet.default_address(), std::nullopt);
    EXPECT_TRUE(records.get("wallet/trash/" + two.to_string())->has_value());
}

TEST(Wallet, a_key_that_is_there_stays) {
    store::MemoryKeyValue records;
    Wallet wallet(records);
    const auto key = *parse_key(record(kKnown[1]));
    const auto address = wallet.import_key(key);
    ASSERT_TRUE(address);
    EXPECT_EQ(*wallet.import_key(key), *address);
    EXPECT_EQ(wallet.list()->size(), 1U);
    EXPECT_EQ(*wallet.export_key(*address), key);
    EXPECT_EQ(address->to_string('t'), kKnown[1].address);
}

TEST(Wallet, a_damaged_record_is_an_error) {
    store::MemoryKeyValue records;
    Wallet wallet(records);
    const auto address = *wallet.import_key(*parse_key(record(kKnown[0])));
    ASSERT_TRUE(records.put("wallet/key/" + address.to_string(), Bytes{0x82, 0x01}));
    EXPECT_FALSE(wallet.export_key(address));
    EXPECT_FALSE(wallet.sign(address, Bytes{1}));
}

TEST(Wallet, same_seed_same_keys) {
    for (const auto type : {KeyType::bls, KeyType::secp256k1, KeyType::delegated}) {
        crypto::SeededRandom a(Bytes{1}), b(Bytes{1}), c(Bytes{2});
        const auto key = generate_key(type, a);
        EXPECT_EQ(key, generate_key(type, b));
        EXPECT_NE(key, generate_key(type, c));
    }
}

}  // namespace
}  // namespace strata::wallet
