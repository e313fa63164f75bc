// SPDX-License-Identifier: Apache-2.0 OR MIT
pragma solidity 0.8.28;

/// Calls precompiled contracts, those of Ethereum and those of Filecoin.
contract Precompiles {
    function sha256Of(bytes calldata data) external pure returns (bytes32) {
        return sha256(data);
    }

    function ripemd160Of(bytes calldata data) external pure returns (bytes20) {
        return ripemd160(data);
    }

    function signerOf(bytes32 hash, uint8 v, bytes32 r, bytes32 s) external pure returns (address) {
        return ecrecover(hash, v, r, s);
    }

    function copyOf(bytes calldata data) external view returns (bytes memory) {
        return ask(address(4), data);
    }

    function power(uint256 base, uint256 exponent, uint256 modulus) external view returns (uint256) {
        bytes memory input = abi.encode(uint256(32), uint256(32), uint256(32), base, exponent, modulus);
        return abi.decode(ask(address(5), input), (uint256));
    }

    function sumOfPoints(uint256 x1, uint256 y1, uint256 x2, uint256 y2) external view returns (uint256, uint256) {
        return abi.decode(ask(address(6), abi.encode(x1, y1, x2, y2)), (uint256, uint256));
    }

    /// The ID of an actor, given the bytes of an address.
    function idOf(bytes calldata filecoinAddress) external view returns (bytes memory) {
        return ask(0xFE00000000000000000000000000000000000001, filecoinAddress);
    }

    function delegatedAddressOf(uint256 id) external view returns (bytes memory) {
        return ask(0xfE00000000000000000000000000000000000002, abi.encode(id));
    }

    /// Calls a method of an actor without parameters and value (call_actor_id).
    function callActor(uint64 id, uint64 method) external returns (int256 exitCode, uint64 codec, bytes memory result) {
        bytes memory input = abi.encode(method, uint256(0), uint64(1), uint64(0), bytes(""), id);
        (bool done, bytes memory out) = 0xfe00000000000000000000000000000000000005.delegatecall(input);
        require(done, "the precompiled contract failed");
        return abi.decode(out, (int256, uint64, bytes));
    }

    function ask(address precompile, bytes memory input) private view returns (bytes memory) {
        (bool done, bytes memory out) = precompile.staticcall(input);
        require(done, "the precompiled contract failed");
        return out;
    }
}
