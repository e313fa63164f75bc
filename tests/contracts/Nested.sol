// SPDX-License-Identifier: Apache-2.0 OR MIT
pragma solidity 0.8.28;

/// Needs more gas than it uses.
contract Nested {
    uint256 public count;

    /// Each call keeps a 64th of its gas back (EIP-150).
    function deep(uint256 n) external returns (uint256) {
        if (n == 0) return ++count;
        return this.deep(n - 1) + 1;
    }

    function greedy(uint256 least) external returns (uint256) {
        require(gasleft() >= least, "it wants more gas");
        return ++count;
    }

    /// Survives an inner call that runs out of gas.
    function patient(uint256 n) external returns (bool done) {
        try this.deep(n) {
            return true;
        } catch {
            return false;
        }
    }

    function forever() external {
        while (true) count++;
    }
}
