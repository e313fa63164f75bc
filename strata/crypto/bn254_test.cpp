// Expected values: go-ethereum core/vm/testdata/precompiles/{bn256Add,bn256ScalarMul,bn256Pairing}.json, a selection.
#include <strata/crypto/bn254.hpp>

#include <gtest/gtest.h>

#include <strata/base/bigint.hpp>
#include <strata/base/hex.hpp>

namespace strata::crypto::bn254 {
namespace {

struct Case {
    const char* name;
    const char* input;
    const char* output;
};

std::string text(const Result<G1Bytes>& result) {
    return result ? to_hex(*result) : result.error().message();
}

constexpr Case kAdd[] = {
    {"chfast1",
     "18b18acfb4c2c30276db5411368e7185b311dd124691610c5d3b74034e093dc9063c909c4720840cb5134cb9f59fa7497557"
     "96819658d32efc0d288198f3726607c2b7f58a84bd6145f00c9c2bc0bb1a187f20ff2c92963a88019e7c6a014eed06614e20"
     "c147e940f2d70da3f74c9a17df361706a4485c742bd6788478fa17d7",
     "2243525c5efd4b9c3d3c45ac0ca3fe4dd85e830a4ce6b65fa1eeaee202839703301d1d33be6da8e509df21cc35964723180e"
     "ed7532537db9ae5e7d48f195c915"},
    {"cdetrio11",
     "0000000000000000000000000000000000000000000000000000000000000001000000000000000000000000000000000000"
     "0000000000000000000000000002000000000000000000000000000000000000000000000000000000000000000100000000"
     "00000000000000000000000000000000000000000000000000000002",
     "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd315ed738c0e0a7c92e7845f96b2ae9c0a68a6"
     "a449e3538fc7ff3ebf7a5a18a2c4"},
    {"cdetrio13",
     "17c139df0efee0f766bc0204762b774362e4ded88953a39ce849a8a7fa163fa901e0559bacb160664764a357af8a9fe70baa"
     "9258e0b959273ffc5718c6d4cc7c039730ea8dff1254c0fee9c0ea777d29a9c710b7e616683f194f18c43b43b869073a5ffc"
     "c6fc7a28c30723d6e58ce577356982d65b833a5a5c15bf9024b43d98",
     "15bf2bb17880144b5d1cd2b1f46eff9d617bffd1ca57c37fb5a49bd84e53cf66049c797f9ce0d17083deb32b5e36f2ea2a21"
     "2ee036598dd7624c168993d1355f"},
};

TEST(Bn254, Addition) {
    for (const auto& [name, input, output] : kAdd) {
        const Bytes points = from_hex(input).value();
        EXPECT_EQ(text(add(BytesView(points).first(kG1Size), BytesView(points).subspan(kG1Size))), output) << name;
    }
}

constexpr Case kMultiply[] = {
    {"chfast1",
     "2bd3e6d0f3b142924f5ca7b49ce5b9d54c4703d7ae5648e61d02268b1a0a9fb721611ce0a6af85915e2f1d70300909ce2e49"
     "dfad4a4619c8390cae66cefdb20400000000000000000000000000000000000000000000000011138ce750fa15c2",
     "070a8d6a982153cae4be29d434e8faef8a47b274a053f5a4ee2a6c9c13c31e5c031b8ce914eba3a9ffb989f9cdd5b0f01943"
     "074bf4f0f315690ec3cec6981afc"},
    {"cdetrio1",
     "1a87b0584ce92f4593d161480614f2989035225609f08058ccfa3d0f940febe31a2f3c951f6dadcc7ee9007dff81504b0fcd"
     "6d7cf59996efdc33d92bf7f9f8f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "2cde5879ba6f13c0b5aa4ef627f159a3347df9722efce88a9afbb20b763b4c411aa7e43076f6aee272755a7f9b84832e7155"
     "9ba0d2e0b17d5f9f01755e5b0d11"},
    {"cdetrio5",
     "1a87b0584ce92f4593d161480614f2989035225609f08058ccfa3d0f940febe31a2f3c951f6dadcc7ee9007dff81504b0fcd"
     "6d7cf59996efdc33d92bf7f9f8f60000000000000000000000000000000000000000000000000000000000000001",
     "1a87b0584ce92f4593d161480614f2989035225609f08058ccfa3d0f940febe31a2f3c951f6dadcc7ee9007dff81504b0fcd"
     "6d7cf59996efdc33d92bf7f9f8f6"},
    {"zeroScalar",
     "039730ea8dff1254c0fee9c0ea777d29a9c710b7e616683f194f18c43b43b869073a5ffcc6fc7a28c30723d6e58ce5773569"
     "82d65b833a5a5c15bf9024b43d980000000000000000000000000000000000000000000000000000000000000000",
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000"},
};

TEST(Bn254, Multiplication) {
    for (const auto& [name, input, output] : kMultiply) {
        const Bytes all = from_hex(input).value();
        EXPECT_EQ(text(multiply(BytesView(all).first(kG1Size), BytesView(all).subspan(kG1Size))), output) << name;
    }
}

constexpr Case kPairing[] = {
    {"jeff1",
     "1c76476f4def4bb94541d57ebba1193381ffa7aa76ada664dd31c16024c43f593034dd2920f673e204fee2811c678745fc81"
     "9b55d3e9d294e45c9b03a76aef41209dd15ebff5d46c4bd888e51a93cf99a7329636c63514396b4a452003a35bf704bf11ca"
     "01483bfa8b34b43561848d28905960114c8ac04049af4b6315a416782bb8324af6cfc93537a2ad1a445cfd0ca2a71acd7ac4"
     "1fadbf933c2a51be344d120a2a4cf30c1bf9845f20c6fe39e07ea2cce61f0c9bb048165fe5e4de877550111e129f1cf10977"
     "10d41c4ac70fcdfa5ba2023c6ff1cbeac322de49d1b6df7c2032c61a830e3c17286de9462bf242fca2883585b93870a73853"
     "face6a6bf411198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c21800deef121f1e76426a0066"
     "5e5c4479674322d4f75edadd46debd5cd992f6ed090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122"
     "975b12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
     "0000000000000000000000000000000000000000000000000000000000000001"},
    {"jeff6",
     "1c76476f4def4bb94541d57ebba1193381ffa7aa76ada664dd31c16024c43f593034dd2920f673e204fee2811c678745fc81"
     "9b55d3e9d294e45c9b03a76aef41209dd15ebff5d46c4bd888e51a93cf99a7329636c63514396b4a452003a35bf704bf11ca"
     "01483bfa8b34b43561848d28905960114c8ac04049af4b6315a416782bb8324af6cfc93537a2ad1a445cfd0ca2a71acd7ac4"
     "1fadbf933c2a51be344d120a2a4cf30c1bf9845f20c6fe39e07ea2cce61f0c9bb048165fe5e4de877550111e129f1cf10977"
     "10d41c4ac70fcdfa5ba2023c6ff1cbeac322de49d1b6df7c103188585e2364128fe25c70558f1560f4f9350baf3959e603cc"
     "91486e110936198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c21800deef121f1e76426a0066"
     "5e5c4479674322d4f75edadd46debd5cd992f6ed090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122"
     "975b12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
     "0000000000000000000000000000000000000000000000000000000000000000"},
    {"one_point",
     "0000000000000000000000000000000000000000000000000000000000000001000000000000000000000000000000000000"
     "0000000000000000000000000002198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c21800deef"
     "121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed090689d0585ff075ec9e99ad690c3395bc4b313370b3"
     "8ef355acdadcd122975b12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
     "0000000000000000000000000000000000000000000000000000000000000000"},
    {"two_point_match_3",
     "0000000000000000000000000000000000000000000000000000000000000001000000000000000000000000000000000000"
     "0000000000000000000000000002203e205db4f19b37b60121b83a7333706db86431c6d835849957ed8c3928ad7927dc7234"
     "fd11d3e8c36c59277c3e6f149d5cd3cfa9a62aee49f8130962b4b3b9195e8aa5b7827463722b8c153931579d3505566b4edf"
     "48d498e185f0509de15204bb53b8977e5f92a0bc372742c4830944a59b4fe6b1c0466e2a6dad122b5d2e030644e72e131a02"
     "9b85045b68181585d97816a916871ca8d3c208c16d87cfd31a76dae6d3272396d0cbe61fced2bc532edac647851e3ac53ce1"
     "cc9c7e645a83198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c21800deef121f1e76426a0066"
     "5e5c4479674322d4f75edadd46debd5cd992f6ed090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122"
     "975b12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
     "0000000000000000000000000000000000000000000000000000000000000001"},
    {"ten_point_match_3",
     "105456a333e6d636854f987ea7bb713dfd0ae8371a72aea313ae0c32c0bf10160cf031d41b41557f3e7e3ba0c51bebe5da8e"
     "6ecd855ec50fc87efcdeac168bcc0476be093a6d2b4bbf907172049874af11e1b6267606e00804d3ff0037ec57fd3010c68c"
     "b50161b7d1d96bb71edfec9880171954e56871abf3d93cc94d745fa114c059d74e5b6c4ec14ae5864ebe23a71781d86c29fb"
     "8fb6cce94f70d3de7a2101b33461f39d9e887dbb100f170a2345dde3c07e256d1dfa2b657ba5cd0304270000000000000000"
     "0000000000000000000000000000000000000000000000010000000000000000000000000000000000000000000000000000"
     "0000000000021a2c3013d2ea92e13c800cde68ef56a294b883f6ac35d25f587c09b1b3c635f7290158a80cd3d66530f74dc9"
     "4c94adb88f5cdb481acca997b6e60071f08a115f2f997f3dbd66a7afe07fe7862ce239edba9e05c5afff7f8a1259c9733b2d"
     "fbb929d1691530ca701b4a106054688728c9972c8512e9789e9567aae23e302ccd75",
     "0000000000000000000000000000000000000000000000000000000000000001"},
};

TEST(Bn254, Pairing) {
    for (const auto& [name, input, output] : kPairing) {
        const auto result = pairing_is_one(from_hex(input).value());
        ASSERT_TRUE(result) << name;
        EXPECT_EQ(*result, std::string_view(output).back() == '1') << name;
    }
    EXPECT_TRUE(pairing_is_one({}).value());
}

const std::string kGenerator = std::string(63, '0') + "1" + std::string(63, '0') + "2";
const std::string kInfinity(128, '0');

// EIP-196: a coordinate must be below p, and the point on the curve; (0, 0) is infinity.
TEST(Bn254, WrongPointsAreRefused) {
    const auto sum = [](const std::string& a, const std::string& b) {
        const Bytes first = from_hex(a).value();
        const Bytes second = from_hex(b).value();
        return add(first, second);
    };
    EXPECT_EQ(text(sum(kGenerator, kInfinity)), kGenerator);
    EXPECT_EQ(text(sum(kInfinity, kInfinity)), kInfinity);
    const std::string p = "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47";
    EXPECT_EQ(sum(p + p, kGenerator).error().code(), Errc::invalid_argument);
    EXPECT_EQ(sum(kGenerator, std::string(64, 'f') + std::string(64, '0')).error().code(), Errc::invalid_argument);
    EXPECT_EQ(sum(kGenerator, kGenerator.substr(0, 127) + "3").error().code(), Errc::invalid_argument);
    // The order of the group times the generator is infinity.
    const Bytes order = from_hex("30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001").value();
    EXPECT_EQ(text(multiply(from_hex(kGenerator).value(), order)), kInfinity);
}

// A point of the twist outside the group, computed with a few lines of Python from the equation.
const std::string kOutside =
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000010d1271953ed9ea0836846e70a1934187998c7f790cb4d7511b7f8da82de048a42869111d"
    "5381f072f8e2728fdb825a51aadd70e52c9830e9ab4b871c0531f1bb";

// The twist has points outside the group of order r; their number is not prime.
TEST(Bn254, PointsOutsideTheGroupAreRefused) {
    const auto refused = [](const std::string& g2) {
        const auto result = pairing_is_one(from_hex(kGenerator + g2).value());
        return !result && result.error().code() == Errc::invalid_argument;
    };
    EXPECT_TRUE(refused(std::string(127, '0') + "1" + std::string(127, '0') + "1"));  // not on the twist
    EXPECT_TRUE(refused(kOutside));
    EXPECT_TRUE(pairing_is_one(from_hex(kGenerator + std::string(256, '0')).value()).value());
}

}  // namespace
}  // namespace strata::crypto::bn254
