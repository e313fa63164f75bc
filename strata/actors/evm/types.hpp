#pragma once
// Parameters and returns of the EVM actor's methods. Source: builtin-actors actors/evm/src/{lib,types}.rs.
#include <strata/actors/eam/types.hpp>
#include <strata/actors/evm/uint256.hpp>

namespace strata::actors::evm {

using eam::EthAddress;

inline constexpr MethodNumber kResurrect = 2;
inline constexpr MethodNumber kGetBytecode = 3;
inline constexpr MethodNumber kGetBytecodeHash = 4;
inline constexpr MethodNumber kGetStorageAt = 5;
inline constexpr MethodNumber kInvokeContractDelegate = 6;
/// Numbers up to this one are never given to a contract as a native method.
inline constexpr MethodNumber kLastReservedMethod = 1023;

/// The hash of the bytes that stand for the code of a native actor, [0xfe].
inline constexpr Hash256 kHashOfNativeCode = {0xbc, 0xc9, 0x0f, 0x2d, 0x6d, 0xad, 0xa5, 0xb1, 0x8e, 0x15, 0x5c,
                                              0x17, 0xa1, 0xc0, 0xa5, 0x59, 0x20, 0xaa, 0xe9, 0x4f, 0x39, 0x85,
                                              0x7d, 0x39, 0xd0, 0xd8, 0xed, 0x07, 0xae, 0x8f, 0x22, 0x8b};
/// The hash of no bytes.
inline constexpr Hash256 kHashOfNoCode = {0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d,
                                          0xb2, 0xdc, 0xc7, 0x03, 0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82,
                                          0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70};

/// A word in CBOR: a byte string without leading zeros. Up to 32 bytes are read.
struct CborWord {
    U256 value;

    void to_cbor(CborWriter& w) const {
        const Hash256 bytes = value.to_be();
        w.bytes(BytesView(bytes).subspan(value.leading_zeros() / 8));
    }
    static Result<CborWord> read_cbor(CborReader& r) {
        STRATA_TRY(const auto bytes, r.bytes());
        if (bytes.size() > U256::kBytes)
            return fail(Errc::malformed, "a word has " + std::to_string(bytes.size()) + " bytes, expected at most 32");
        return CborWord{U256::from_be(bytes)};
    }
};

struct DelegateCallParams {
    Cid code;
    Bytes input;
    EthAddress caller{};
    TokenAmount value;
    STRATA_CBOR_TUPLE(code, input, caller, value);
};
struct GetStorageAtParams {
    CborWord key;
    STRATA_CBOR_TUPLE(key);
};

}  // namespace strata::actors::evm
