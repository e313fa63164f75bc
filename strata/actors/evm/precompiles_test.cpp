// Precompiled contracts, called as contracts call them. Expected values: go-ethereum core/vm/testdata/precompiles (a
// selection; crypto/{bn254,eip2537,p256}_test.cpp have more), FIPS 180-4, RIPEMD-160's example, and builtin-actors v18
// actors/evm/tests/precompile.rs.
#include <strata/actors/evm/calls.hpp>
#include <strata/actors/evm/precompiles/precompiles.hpp>
#include <strata/actors/evm/test_contract.hpp>

namespace strata::actors::evm {
namespace {

using testing::Code;

class Precompiles : public testing::ContractTest {
  protected:
    // Calls the address with its own input, and returns the result word and the returned data.
    void deploy_caller(const EthAddress& to, Op op, std::uint64_t gas = 100'000'000'000) {
        Code code;
        code << Op::calldatasize << 0 << 0 << Op::calldatacopy;
        code << 0 << 0 << Op::calldatasize << 0;  // output, input
        if (op == Op::call) code << 0;
        code << U256::from_be(to) << U256(gas) << op << 0 << Op::mstore;
        code << Op::returndatasize << 0 << 32 << Op::returndatacopy;
        code << 32 << Op::returndatasize << Op::add << 0 << Op::ret;
        reset();
        deploy(code);
    }
    // Returns the data in hexadecimal, or "-" if the call failed.
    std::string result_of(const Bytes& input) {
        const Bytes out = returned<Bytes>(invoke(input));
        EXPECT_GE(out.size(), 32U);
        const bool success = U256::from_be(BytesView(out).first(32)) == U256(1);
        if (!success) EXPECT_EQ(out.size(), 32U);
        return success ? to_hex(BytesView(out).subspan(32)) : "-";
    }
    std::string answer_of(const EthAddress& to, const std::string& input, Op op = Op::staticcall) {
        deploy_caller(to, op);
        return result_of(from_hex(input).value());
    }
    static EthAddress at(std::uint8_t last, std::uint8_t first = 0) {
        EthAddress out{first};
        out.back() = last;
        return out;
    }
};

std::string hex_of(const U256& word) {
    return to_hex(word.to_be());
}
std::string hex_of(std::initializer_list<U256> words) {
    std::string out;
    for (const auto& word : words) out += hex_of(word);
    return out;
}

struct Case {
    std::uint8_t address;
    const char* name;
    const char* input;
    const char* output;  // "-" for a failed call
};

constexpr Case kCases[] = {
    {0x01, "CallEcrecoverUnrecoverableKey",
     "a8b53bdf3306a35a7103ab5504a0c9b492295564b6202b1942a84ef300107281000000000000000000000000000000000000"
     "000000000000000000000000001b307835653165303366353363653138623737326363623030393366663731663366353366"
     "3563373562373464636233316138356161386238383932623465386211223344556677889910111213141516171819202122"
     "23242526272829303132",
     ""},
    {0x01, "ValidKey",
     "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c000000000000000000000000000000000000"
     "000000000000000000000000001c73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75feeb940b1"
     "d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549",
     "000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b"},
    {0x05, "modexp eip_example1",
     "0000000000000000000000000000000000000000000000000000000000000001000000000000000000000000000000000000"
     "0000000000000000000000000020000000000000000000000000000000000000000000000000000000000000002003ffffff"
     "fffffffffffffffffffffffffffffffffffffffffffffffffefffffc2effffffffffffffffffffffffffffffffffffffffff"
     "fffffffffffffefffffc2f",
     "0000000000000000000000000000000000000000000000000000000000000001"},
    {0x05, "modexp eip_example2",
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000200000000000000000000000000000000000000000000000000000000000000020ffffffff"
     "fffffffffffffffffffffffffffffffffffffffffffffffefffffc2effffffffffffffffffffffffffffffffffffffffffff"
     "fffffffffffefffffc2f",
     "0000000000000000000000000000000000000000000000000000000000000000"},
    {0x05, "modexp nagydani-1-pow0x10001",
     "0000000000000000000000000000000000000000000000000000000000000040000000000000000000000000000000000000"
     "00000000000000000000000000030000000000000000000000000000000000000000000000000000000000000040e09ad967"
     "5465c53a109fac66a445c91b292d2bb2c5268addb30cd82f80fcb0033ff97c80a5fc6f39193ae969c6ede6710a6b7ac27078"
     "a06d90ef1c72e5c85fb5010001fc9e1f6beb81516545975218075ec2af118cd8798df6e08a147c60fd6095ac2bb02c2908cf"
     "4dd7c81f11c289e4bce98f3553768f392a80ce22bf5c4f4a248c6b",
     "c36d804180c35d4426b57b50c5bfcca5c01856d104564cd513b461d3c8b8409128a5573e416d0ebe38f5f736766d9dc27143"
     "e4da981dfa4d67f7dc474cbee6d2"},
    {0x05, "modexp guido-2-even",
     "0000000000000000000000000000000000000000000000000000000000000010000000000000000000000000000000000000"
     "00000000000000000000000000d80000000000000000000000000000000000000000000000000000000000000010e0060000"
     "a921212121212121ff0000212b212121ffff1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f00feffff212121212121"
     "ffffffff1fe1e0e0e01e1f1f169f1f1f1f490afcefffffffffffffffff828282828282828282828282828282828282828282"
     "00ffff28ff2b212121ffff1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1fffffffffff0afceffffff7ffffffffff7c82828282"
     "82a1828282828282828282828282828200ffff28ff2b212121ffff1f1f1f1f1f1fd11f1f1f1f1f1f1f1f1f1f1fffffffffff"
     "ffffff21212121212121fb2121212121ffff1f1f1f1f1f1f1f1fffaf82828282828200ffff28ff2b21828200",
     "458ef0af2549d46d24c89079499479e1"},
    {0x06, "bn256Add cdetrio2",
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000",
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000"},
    {0x06, "bn256Add cdetrio4", "",
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000"},
    {0x07, "bn256ScalarMul chfast1",
     "2bd3e6d0f3b142924f5ca7b49ce5b9d54c4703d7ae5648e61d02268b1a0a9fb721611ce0a6af85915e2f1d70300909ce2e49"
     "dfad4a4619c8390cae66cefdb20400000000000000000000000000000000000000000000000011138ce750fa15c2",
     "070a8d6a982153cae4be29d434e8faef8a47b274a053f5a4ee2a6c9c13c31e5c031b8ce914eba3a9ffb989f9cdd5b0f01943"
     "074bf4f0f315690ec3cec6981afc"},
    {0x08, "bn256Pairing jeff1",
     "1c76476f4def4bb94541d57ebba1193381ffa7aa76ada664dd31c16024c43f593034dd2920f673e204fee2811c678745fc81"
     "9b55d3e9d294e45c9b03a76aef41209dd15ebff5d46c4bd888e51a93cf99a7329636c63514396b4a452003a35bf704bf11ca"
     "01483bfa8b34b43561848d28905960114c8ac04049af4b6315a416782bb8324af6cfc93537a2ad1a445cfd0ca2a71acd7ac4"
     "1fadbf933c2a51be344d120a2a4cf30c1bf9845f20c6fe39e07ea2cce61f0c9bb048165fe5e4de877550111e129f1cf10977"
     "10d41c4ac70fcdfa5ba2023c6ff1cbeac322de49d1b6df7c2032c61a830e3c17286de9462bf242fca2883585b93870a73853"
     "face6a6bf411198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c21800deef121f1e76426a0066"
     "5e5c4479674322d4f75edadd46debd5cd992f6ed090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122"
     "975b12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
     "0000000000000000000000000000000000000000000000000000000000000001"},
    {0x08, "bn256Pairing empty_data", "", "0000000000000000000000000000000000000000000000000000000000000001"},
    {0x09, "blake2F vector 4",
     "0000000048c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68"
     "059b6bbd41fbabd9831f79217e1319cde05b6162630000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003000000"
     "00000000000000000000000001",
     "08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d282e6ad7f520e511f6c3e2b8c68059b9442"
     "be0454267ce079217e1319cde05b"},
    {0x09, "blake2F vector 5",
     "0000000c48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68"
     "059b6bbd41fbabd9831f79217e1319cde05b6162630000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003000000"
     "00000000000000000000000001",
     "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d3"
     "8aa8dbf1925ab92386edd4009923"},
    {0x09, "blake2F vector 6",
     "0000000c48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68"
     "059b6bbd41fbabd9831f79217e1319cde05b6162630000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003000000"
     "00000000000000000000000000",
     "75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d2875298743e7f6d5ea2f2d3e8d226039cd31b4e42"
     "6ac4f2d3d666a610c2116fde4735"},
    {0x09, "blake2F vector 7",
     "0000000148c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68"
     "059b6bbd41fbabd9831f79217e1319cde05b6162630000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003000000"
     "00000000000000000000000001",
     "b63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fba551b3a8333bcdf5f2f7e08993d53923de3d"
     "64fcc68c034e717b9293fed7a421"},
    {0x0b, "bls_g1add_(inf+g1=g1)",
     "0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55"
     "e83ff97a1aeffb3af00adb22c6bb0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095"
     "d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e100000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000",
     "0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55"
     "e83ff97a1aeffb3af00adb22c6bb0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095"
     "d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1"},
    {0x10, "matter_fp_to_g1_0",
     "0000000000000000000000000000000014406e5bfb9209256a3820879a29ac2f62d6aca82324bf3ae2aa7d3c54792043bd8c"
     "791fccdb080c1a52dc68b8b69350",
     "000000000000000000000000000000000d7721bcdb7ce1047557776eb2659a444166dc6dd55c7ca6e240e21ae9aa18f529f0"
     "4ac31d861b54faf3307692545db700000000000000000000000000000000108286acbdf4384f67659a8abe89e712a504cb3c"
     "e1cba07a716869025d60d499a00d1da8cdc92958918c222ea93d87f0"},
    {0x09, "vector 0: empty input", "", "-"},
    {0x09, "vector 1: less than 213 bytes input",
     "00000c48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c6805"
     "9b6bbd41fbabd9831f79217e1319cde05b616263000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000300000000"
     "000000000000000000000001",
     "-"},
    {0x09, "vector 2: more than 213 bytes input",
     "000000000c48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c"
     "68059b6bbd41fbabd9831f79217e1319cde05b61626300000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000030000"
     "0000000000000000000000000001",
     "-"},
    {0x09, "vector 3: malformed final block indicator flag",
     "0000000c48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68"
     "059b6bbd41fbabd9831f79217e1319cde05b6162630000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003000000"
     "00000000000000000000000002",
     "-"},
};

TEST_F(Precompiles, KnownAnswers) {
    for (const auto& [address, name, input, output] : kCases)
        EXPECT_EQ(answer_of(Precompiles::at(address), input), output) << name;
}

TEST_F(Precompiles, Hashes) {
    EXPECT_EQ(answer_of(at(2), to_hex(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(answer_of(at(3), to_hex(as_bytes("abc"))),
              "000000000000000000000000"
              "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    EXPECT_EQ(answer_of(at(4), "010203"), "010203");
}

// Addresses of the reserved range without a contract succeed without data.
TEST_F(Precompiles, NothingIsThere) {
    for (const auto& to : {at(0x0a), at(0x12), at(0xff), at(4, 0xfe), at(7, 0xfe)}) {
        EXPECT_EQ(answer_of(to, "01"), "");
        EXPECT_FALSE(is_precompile(policy_, to));
        EXPECT_TRUE(in_reserved_range(policy_, to));
    }
    EXPECT_FALSE(in_reserved_range(policy_, at(0)));
    EXPECT_FALSE(in_reserved_range(policy_, at(0, 0xfe)));
}

TEST_F(Precompiles, P256IsAtItsOwnAddress) {
    EthAddress p256{};
    p256[18] = 1;
    EXPECT_TRUE(is_precompile(policy_, p256));
    EXPECT_EQ(answer_of(p256, "01"), "");
}

// Source: FIP-0113; builtin-actors v17.0.0 actors/evm/src/interpreter/precompiles/mod.rs has no such address.
TEST_F(Precompiles, ActorsOfVersion17HaveNoP256) {
    EthAddress p256{};
    p256[18] = 1;
    policy_.evm_has_clz_and_p256 = false;
    EXPECT_FALSE(is_precompile(policy_, p256));
    EXPECT_FALSE(in_reserved_range(policy_, p256));
}

TEST_F(Precompiles, ModexpNeedsMemoryForItsSizes) {
    // A size that does not fit in 32 bits is refused; a number that lacks 2^29 bytes is an assertion.
    EXPECT_EQ(answer_of(at(5), hex_of({U256(1) << 32, 1, 1})), "-");
    deploy_caller(at(5), Op::staticcall);
    EXPECT_TRUE(exits(ExitCode::assertion_failed, invoke(from_hex(hex_of({U256(1) << 29, 1, 1})).value())));
    EXPECT_EQ(answer_of(at(5), hex_of({0, 0, 0})), "");
    EXPECT_EQ(answer_of(at(5), hex_of({0, 1, 2}) + "01" + "0000"), "0000");  // modulo 0
    EXPECT_EQ(answer_of(at(5), hex_of({1, 0, 1}) + "07" + "05"), "01");      // the power 0
}

TEST_F(Precompiles, AddressesAreResolved) {
    const Address key = key_of(kUser);
    EXPECT_EQ(answer_of(at(1, 0xfe), to_hex(key.bytes())), hex_of(kUser));
    EXPECT_EQ(answer_of(at(1, 0xfe), to_hex(Address::delegated(kEamId, address_).bytes())), hex_of(kContract));
    EXPECT_EQ(answer_of(at(1, 0xfe), to_hex(Address::delegated(kEamId, eth(9)).bytes())), "");
    EXPECT_EQ(answer_of(at(1, 0xfe), "ff"), "-");
    EXPECT_EQ(answer_of(at(2, 0xfe), hex_of(kContract)), to_hex(Address::delegated(kEamId, address_).bytes()));
    EXPECT_EQ(answer_of(at(2, 0xfe), hex_of(kUser)), "");
    EXPECT_EQ(answer_of(at(2, 0xfe), hex_of(U256(1) << 64)), "-");
}

TEST_F(Precompiles, RandomnessOfTheBeacon) {
    EXPECT_EQ(answer_of(at(6, 0xfe), hex_of(10)), hex_of(0));  // the test world's
    EXPECT_EQ(answer_of(at(6, 0xfe), hex_of(U256(1) << 64)), "-");
}

// call_actor_id(method, value, flags, codec, parameters, ID)
TEST_F(Precompiles, ActorsAreCalledByDelegateCall) {
    constexpr MethodNumber method = 5000;
    answer(kRewardId, method, ExitCode::ok, Bytes{0x41, 0x09});
    const auto request = hex_of({method, 0, 0, 0x51, 192, kRewardId, 1}) + "05" + std::string(62, '0');
    EXPECT_EQ(answer_of(at(5, 0xfe), request, Op::delegatecall),
              hex_of({0, 0x51, 96, 2}) + "4109" + std::string(60, '0'));
    const auto sent = sent_to(kRewardId, method);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].params, Bytes{0x05});
    EXPECT_EQ(answer_of(at(5, 0xfe), request, Op::call), "-");
    EXPECT_EQ(answer_of(at(5, 0xfe), request, Op::staticcall), "-");

    answer(kRewardId, method, ExitCode{40}, Bytes{0x07});
    EXPECT_EQ(answer_of(at(5, 0xfe), request, Op::delegatecall),
              hex_of({40, 0x51, 96, 1}) + "07" + std::string(62, '0'));
    // No actor: the error number of the syscall, negative.
    const auto nobody = hex_of({method, 0, 1, 0, 192, 99'999, 0});
    EXPECT_EQ(answer_of(at(5, 0xfe), nobody, Op::delegatecall), hex_of({U256(6).negated(), 0, 96, 0}));
    // By address.
    const Address to = Address::id(kRewardId);
    const std::string bytes = to_hex(to.bytes());
    const auto by_address =
        hex_of({method, 0, 0, 0, 192, 224, 0, U256(to.bytes().size())}) + bytes + std::string(64 - bytes.size(), '0');
    EXPECT_EQ(answer_of(at(3, 0xfe), by_address, Op::delegatecall),
              hex_of({40, 0x51, 96, 1}) + "07" + std::string(62, '0'));
}

TEST_F(Precompiles, WrongCallsOfActorsFail) {
    const auto refused = [&](std::initializer_list<U256> words) {
        return answer_of(at(5, 0xfe), hex_of(words), Op::delegatecall) == "-";
    };
    EXPECT_TRUE(refused({1023, 0, 0, 0, 192, kRewardId, 0}));            // reserved method
    EXPECT_TRUE(refused({5000, 0, 2, 0, 192, kRewardId, 0}));            // flag
    EXPECT_TRUE(refused({5000, 0, 0, 0x71, 192, kRewardId, 0}));         // codec
    EXPECT_TRUE(refused({5000, 0, 0, 0, 192, kRewardId, 1}));            // parameters without a codec
    EXPECT_TRUE(refused({U256(1) << 64, 0, 0, 0, 192, kRewardId, 0}));   // method
    EXPECT_TRUE(refused({5000, 0, 0, 0, U256(1) << 32, kRewardId, 0}));  // offset
    EXPECT_TRUE(refused({5000, 0, 0, 0, 192, U256(1) << 64, 0}));        // receiver
    EXPECT_FALSE(refused({0, 0, 0, 0, 192, kRewardId, 0}));              // a plain transfer
}

}  // namespace
}  // namespace strata::actors::evm
