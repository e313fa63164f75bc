// Most cases are those of go-address address_test.go; those of 64-bit IDs are ref-fvm shared/tests/address_test.rs.
#include <strata/types/address.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/ipld/multibase.hpp>
#include <strata/types/message.hpp>

namespace strata {
namespace {

struct KeyRow {
    std::string_view input;  // hexadecimal: a public key, or the seed of an actor's address
    std::string_view text;   // without the letter of the network
};

// go-address TestVectorSecp256k1Address.
constexpr KeyRow kSecp256k1[] = {
    {"049402fac37e6432a416a3a0ca5426b5185ab3b24f6134efa25ce487c82d2e4e13bf452511e0d2245421f8613b"
     "c10d72fa216666a96c3bc13920d3ff233fd0bc05",
     "15ihq5ibzwki2b4ep2f46avlkrqzhpqgtga7pdrq"},
    {"047687b910379bf28cbe3aea674b12000c6b7dba46ffc05f6c94fe2a22bbcc2602ff7f5c76f21ca55d36959152"
     "b0e1e887917c393576eef093f61ebd3ad06f7fda",
     "12fiakbhe2gwd5cnmrenekasyn6v5tnaxaqizq6a"},
    {"04defdd01001efb86e01ded5ce34f847a73a14819ee641bcb60bb92993596f05dc2d605f2985f8d125812dac41"
     "63a396349b23c11cc2ff359de54be287ea62319b",
     "1wbxhu3ypkuo6eyp6hjx6davuelxaxrvwb2kuwva"},
    {"0403ed12c814b6b10d2ee09d95b4688db2d180d0a9a37a6b6a7db63d29811ee9730479d8ef9139e91249cabd39"
     "3291cfe5d277ba76de45e3e085a37681bf3645d2",
     "1xtwapqc6nh4si2hcwpr3656iotzmlwumogqbuaa"},
    {"04f796819a8e271631af7c189797b545d60225936147e6010e6562b3ce9efe8b10144161a91ed0b4ec89080025"
     "3fa6fc20ac90fbf1fbf27130a4ecc3e403b70576",
     "1xcbgdhkgkwht3hrrnui3jdopeejsoatkzmoltqy"},
    {"0442832bf87cce9ea345b90350de7d3495859ca449059c5e88dde74285dffb9ec01ebabc5fc86268cfeaeba7ae"
     "05bfb8d68eb75a5268782cf86fc8702bef8a1fe0",
     "17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy"},
};

// go-address TestVectorActorAddress.
constexpr KeyRow kActor[] = {
    {"76128190cdf068d1418044acc03e0b6781970d60", "24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6i"},
    {"2cafb8e2e06bba98ea657c5cf5f42023aa23e88e", "25nml2cfbljvn4goqtclhifepvfnicv6g7mfmmvq"},
    {"022c9e0ea29d8f40c56abec35c8d587da0a64c18", "2nuqrg7vuysaue2pistjjnt3fadsdzvyuatqtfei"},
    {"dfec030e204f0f59d80f1d5ee91dfd066d7f63bd", "24dd4ox4c2vpf5vk5wkadgyyn6qtuvgcpxxon64a"},
    {"3d3a89e8ddab547832716c6d468c3560c9f47fd8", "2gfvuyh7v2sx3patm5k23wdzmhyhtmqctasbr23y"},
};

// go-address TestVectorBLSAddress.
constexpr KeyRow kBls[] = {
    {"ad58df696e2d4e91ea86c881e938ba4ea81b395e12797b84b9cf314b9546705e839c7a99d606b247ddb4f9ac7a"
     "3414dd",
     "3vvmn62lofvhjd2ugzca6sof2j2ubwok6cj4xxbfzz4yuxfkgobpihhd2thlanmsh3w2ptld2gqkn2jvlss4a"},
    {"b3294f0a2e29e0c66ebc235d2fedca5697bf784af605c75af608e6a63d5cd38ea85ca8989e0efde9188b382f93"
     "72460d",
     "3wmuu6crofhqmm3v4enos73okk2l366ck6yc4owxwbdtkmpk42ohkqxfitcpa57pjdcftql4tojda2poeruwa"},
    {"96a1a3e4ea7a14d49985e661b22401d44fed402d1d0925b243c923589c0fbc7e32cd04e29ed78d15d37d3aaa3f"
     "e6da33",
     "3s2q2hzhkpiknjgmf4zq3ejab2rh62qbndueslmsdzervrhapxr7dftie4kpnpdiv2n6tvkr743ndhrsw6d3a"},
    {"86b454258c589475f7d16f5aac018a79f6c1169d20fc33921dd8b5ce1cac6c348f90a3603624f6aeb91b64518c"
     "2e8095",
     "3q22fijmmlckhl56rn5nkyamkph3mcfu5ed6dheq53c244hfmnq2i7efdma3cj5voxenwiummf2ajlsbxc65a"},
    {"a7726b038022f75a384617585360cee629070a2d9d28712965e5f26ecc40858382803724ed34f2720336f09db6"
     "31f074",
     "3u5zgwa4ael3vuocgc5mfgygo4yuqocrntuuhcklf4xzg5tcaqwbyfabxetwtj4tsam3pbhnwghyhijr5mixa"},
};

// Checks the strings of both networks, and that the strings and the bytes are read as the same address.
void expect_address(const Address& address, Address::Protocol protocol, std::string_view text) {
    EXPECT_EQ(address.protocol(), protocol);
    for (const char network : {'f', 't'}) {
        const std::string full = network + std::string(text);
        EXPECT_EQ(address.to_string(network), full);
        const auto parsed = Address::parse(full);
        ASSERT_TRUE(parsed) << full << ": " << parsed.error().message();
        EXPECT_EQ(*parsed, address);
    }
    EXPECT_EQ(Address::from_bytes(address.bytes()).value(), address);
    EXPECT_EQ(from_cbor<Address>(to_cbor(address)).value(), address);
}

Errc parse_error(std::string_view text) {
    const auto parsed = Address::parse(text);
    return parsed ? Errc::internal : parsed.error().code();
}
Errc bytes_error(BytesView bytes) {
    const auto address = Address::from_bytes(bytes);
    return address ? Errc::internal : address.error().code();
}

// Returns a protocol byte and a payload of zeros.
Bytes zeros(std::uint8_t protocol, std::size_t payload) {
    Bytes out{protocol};
    out.resize(1 + payload);
    return out;
}
// Returns an address string with valid base32 and a wrong checksum of letters.
std::string with_letters(char protocol, std::size_t letters) {
    const std::string body(letters, 'a');
    return std::string("t") + protocol + to_base32(as_bytes(body));
}

}  // namespace

TEST(Address, public_keys_and_seeds_of_go_address) {
    for (const auto& [input, text] : kSecp256k1)
        expect_address(Address::secp256k1(*from_hex(input)), Address::Protocol::secp256k1, text);
    for (const auto& [input, text] : kActor)
        expect_address(Address::actor(*from_hex(input)), Address::Protocol::actor, text);
    for (const auto& [input, text] : kBls) {
        const auto address = Address::bls(*from_hex(input));
        expect_address(address, Address::Protocol::bls, text);
        EXPECT_EQ(to_hex(address.payload()), input) << "the payload is the key itself";
    }
}

TEST(Address, ids_of_go_address) {
    struct Row {
        ActorId id;
        std::string_view text;
    };
    for (const auto& [id, text] :
         {Row{0, "00"}, Row{1, "01"}, Row{10, "010"}, Row{150, "0150"}, Row{499, "0499"}, Row{1024, "01024"},
          Row{1729, "01729"}, Row{999'999, "0999999"}, Row{kMaxWireId, "09223372036854775807"}}) {
        const auto address = Address::id(id);
        expect_address(address, Address::Protocol::id, text);
        EXPECT_EQ(address.as_id(), id);
        EXPECT_FALSE(address.delegated_space());
    }
    EXPECT_EQ(Address::id(UINT64_MAX).to_string(), "f018446744073709551615");
    EXPECT_EQ(Address::from_bytes(Address::id(UINT64_MAX).bytes()).value().as_id(), UINT64_MAX);
}

TEST(Address, delegated_addresses_of_go_address) {
    const Bytes ones(5, 0xff);
    const Bytes longest(54);
    expect_address(Address::delegated(32, ones), Address::Protocol::delegated, "432f77777777x32lpna");
    expect_address(Address::delegated(kMaxWireId, {}), Address::Protocol::delegated, "49223372036854775807fiic6zsy");
    const auto long_one = Address::delegated(kMaxWireId, longest);
    expect_address(long_one, Address::Protocol::delegated,
                   "49223372036854775807faaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaahwgiuam");
    EXPECT_EQ(long_one.delegated_space(), kMaxWireId);
    EXPECT_EQ(to_bytes(long_one.subaddress()), longest);
    EXPECT_FALSE(long_one.as_id());
    // Actors accept namespaces of 64 bits; these two cases come from ref-fvm.
    EXPECT_EQ(Address::delegated(UINT64_MAX, {}).to_string(), "f418446744073709551615ftnkyfaq");
    EXPECT_EQ(Address::delegated(UINT64_MAX, longest).to_string(),
              "f418446744073709551615faaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaafbbuagu");
    // The longest address has 65 bytes (fvm_shared MAX_ADDRESS_LEN).
    EXPECT_EQ(Address::delegated(UINT64_MAX, longest).bytes().size(), Address::kMaxSize);
}

// The strings are addresses of vectors/lotus-devnet and of the Filecoin specification's appendix.
TEST(Address, texts_of_a_network_lead_back_to_themselves) {
    for (const auto* text :
         {"t01010", "t1wdnvddhrm7tcstqwv37oi4f2y4oe343u233fdxy", "t2hwlbutialgjxy5yghbbxau2tcvjlshpdjfw2gmq",
          "t3q52cf4bmwhznsbzh47umr7lnzvqyhllfrc3agj24lf6zujzrtkdogtd2sk626bgryrogtxi6qqb5yx7uphka",
          "t410ff5e2crd3fi2ell5ameb24oe66kibmio6w2ev5fq"})
        EXPECT_EQ(Address::parse(text).value().to_string('t'), text);
}

// go-address TestInvalidStringAddresses.
TEST(Address, strings_that_go_address_refuses) {
    for (const auto* text :
         {"Q2gfvuyh7v2sx3patm5k23wdzmhyhtmqctasbr23y", "t5gfvuyh7v2sx3patm5k23wdzmhyhtmqctasbr23y",
          "t0banananananannnnnnnnn", "t0banananananannnnnnn", "t2gfvuyh7v2sx3patm1k23wdzmhyhtmqctasbr24y",
          "t2gfvuyh7v2sx3paTm1k23wdzmhyhtmqctasbr24y", "t", "t0", "t018446744073709551616"})
        EXPECT_EQ(parse_error(text), Errc::malformed) << text;
    EXPECT_EQ(parse_error("t2gfvuyh7v2sx3patm5k23wdzmhyhtmqctasbr24y"), Errc::verification);
    EXPECT_FALSE(Address::parse("t2"));
    EXPECT_FALSE(Address::parse("t1234q"));
    EXPECT_FALSE(Address::parse(std::string(116, 'a')));
    EXPECT_FALSE(Address::parse("t0" + std::string(19, 'a')));
    // The checksum is checked only if the length is right.
    for (const auto& [protocol, size] : {std::pair{'1', 24U}, {'2', 24U}, {'3', 52U}}) {
        EXPECT_EQ(parse_error(with_letters(protocol, size)), Errc::verification) << protocol;
        EXPECT_FALSE(Address::parse(with_letters(protocol, size + 1))) << protocol;
        EXPECT_FALSE(Address::parse(with_letters(protocol, size - 1))) << protocol;
    }
}

// go-address TestTrailingBits: the second string has the same bytes and a superfluous bit.
TEST(Address, a_text_has_one_spelling) {
    EXPECT_TRUE(Address::parse("f1xpbyy4tkdx5si2bgo37dubc2xwv6fum5tk57mia"));
    EXPECT_EQ(parse_error("f1xpbyy4tkdx5si2bgo37dubc2xwv6fum5tk57mid"), Errc::non_canonical);
}

// An f4 string needs its separator and a decimal namespace (go-address decode).
TEST(Address, delegated_texts_that_are_refused) {
    for (const auto* text : {"t4abc", "t432", "t4x2f77777777x32lpna", "t4f77777777x32lpna", "t4-1f77777777x32lpna",
                             "f418446744073709551615ftnkyfaq"})
        EXPECT_EQ(parse_error(text), Errc::malformed) << text;
    EXPECT_EQ(parse_error("t433f77777777x32lpna"), Errc::verification) << "the checksum covers the namespace";
    EXPECT_EQ(parse_error("t432faaaa"), Errc::truncated) << "there is no room for the checksum";
    EXPECT_FALSE(Address::parse("t432f" + std::string(140, 'a')));
}

// go-address TestInvalidByteAddresses and TestIDEdgeCase.
TEST(Address, bytes_that_go_address_refuses) {
    EXPECT_EQ(bytes_error({}), Errc::truncated);
    EXPECT_EQ(bytes_error(Bytes{0}), Errc::truncated);
    EXPECT_EQ(bytes_error(Bytes{5, 4, 4}), Errc::malformed);
    for (const auto& [protocol, size] : {std::pair<std::uint8_t, std::size_t>{1, 20}, {2, 20}, {3, 48}}) {
        EXPECT_TRUE(Address::from_bytes(zeros(protocol, size)));
        EXPECT_EQ(bytes_error(zeros(protocol, size - 1)), Errc::malformed) << int{protocol};
        EXPECT_EQ(bytes_error(zeros(protocol, size + 1)), Errc::malformed) << int{protocol};
    }
    EXPECT_TRUE(Address::from_bytes(zeros(4, 55)));
    EXPECT_EQ(bytes_error(zeros(4, 56)), Errc::too_large);
    EXPECT_EQ(bytes_error(zeros(4, 65)), Errc::too_large);
    EXPECT_EQ(bytes_error(Bytes{4, 0xff}), Errc::truncated) << "the namespace does not end";
    EXPECT_EQ(bytes_error(Bytes{0, 0x80}), Errc::truncated);
    EXPECT_EQ(bytes_error(*from_hex("00ffffffffffffffffffff01")), Errc::out_of_range) << "the ID has 70 bits";
}

// An ID and a namespace have only one encoding (unsigned-varint: the shortest).
TEST(Address, numbers_have_their_shortest_form) {
    EXPECT_EQ(bytes_error(*from_hex("008000")), Errc::non_canonical);
    EXPECT_EQ(bytes_error(*from_hex("048a00ff")), Errc::non_canonical);
    EXPECT_EQ(bytes_error(*from_hex("000101")), Errc::trailing);
}

// ref-fvm shared/tests/address_test.rs, cbor_encoding.
TEST(Address, cbor_is_a_byte_string) {
    EXPECT_EQ(to_hex(to_cbor(Address::id(0))), "420000");
    EXPECT_EQ(to_hex(to_cbor(Address::id(150))), "43009601");
    EXPECT_EQ(to_hex(to_cbor(Address::id(999'999))), "4400bf843d");
    EXPECT_EQ(to_hex(to_cbor(Address::parse("f15ihq5ibzwki2b4ep2f46avlkrqzhpqgtga7pdrq").value())),
              "5501ea0f0ea039b291a0f08fd179e0556a8c3277c0d3");
    EXPECT_EQ(from_cbor<Address>(*from_hex("620000")).error().code(), Errc::malformed) << "a text";
    EXPECT_EQ(from_cbor<Address>(*from_hex("40")).error().code(), Errc::truncated) << "the undefined address";
}

TEST(Address, the_undefined_one_has_no_text_and_no_id) {
    const Address undefined;
    EXPECT_FALSE(undefined.defined());
    EXPECT_EQ(undefined.to_string(), "");
    EXPECT_FALSE(undefined.as_id());
    EXPECT_FALSE(undefined.delegated_space());
    EXPECT_NE(undefined, Address::id(0));
    EXPECT_LT(undefined, Address::id(0));
}

// The key of zeros is lotus buildconstants.ZeroAddress.
TEST(Address, the_zero_key_is_the_identity_alone) {
    const auto zero =
        Address::constant("f3yaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaby2smx7a");
    EXPECT_TRUE(zero.is_zero_bls());
    Bytes key = to_bytes(zero.payload());
    key.back() = 1;
    EXPECT_FALSE(Address::bls(key).is_zero_bls());
    EXPECT_FALSE(Address().is_zero_bls());
    EXPECT_FALSE(Address::id(0).is_zero_bls());
}

// Map keys are ordered by their bytes, so f0 comes before f1, and a prefix comes before a longer key.
TEST(Address, order_is_that_of_the_bytes) {
    const std::vector<Address> sorted{Address::id(1),
                                      Address::id(2),
                                      Address::id(128),
                                      Address::actor({}),
                                      Address::delegated(10, {}),
                                      Address::delegated(10, Bytes{0})};
    EXPECT_TRUE(std::ranges::is_sorted(sorted));
    EXPECT_EQ(KeyCodec<Address>::decode(KeyCodec<Address>::encode(sorted[4])).value(), sorted[4]);
    EXPECT_FALSE(KeyCodec<Address>::decode(Bytes{9, 9}));
}

}  // namespace strata
