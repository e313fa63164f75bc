// SPDX-License-Identifier: Apache-2.0 OR MIT
pragma solidity 0.8.28;

/// Counts, in the storage of whoever runs it.
contract Counter {
    event Counted(address indexed by, uint256 count);

    uint256 public count;

    function add(uint256 n) external payable returns (uint256) {
        count += n;
        emit Counted(msg.sender, count);
        return count;
    }

    function fail(string calldata why) external pure {
        revert(why);
    }

    function here() external view returns (address self, address sender) {
        return (address(this), msg.sender);
    }
}

/// Counts twice as fast.
contract FastCounter is Counter {
    function addTwice(uint256 n) external returns (uint256) {
        count += 2 * n;
        return count;
    }
}

/// Runs the code of a different contract as its own (DELEGATECALL). The slot is that of EIP-1967.
contract Proxy {
    bytes32 private constant SLOT = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc;

    event Upgraded(address indexed implementation);

    constructor(address implementation) {
        set(implementation);
    }

    function upgradeTo(address implementation) external {
        set(implementation);
    }

    function set(address implementation) private {
        require(implementation.code.length != 0, "no contract is there");
        assembly {
            sstore(SLOT, implementation)
        }
        emit Upgraded(implementation);
    }

    fallback() external payable {
        assembly {
            calldatacopy(0, 0, calldatasize())
            let done := delegatecall(gas(), sload(SLOT), 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            switch done
            case 0 { revert(0, returndatasize()) }
            default { return(0, returndatasize()) }
        }
    }

    receive() external payable {}
}
