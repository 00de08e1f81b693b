// What is used of the Thrift library and of the generated stubs. @types/thrift is years behind the library.
declare module 'thrift/lib/nodejs/lib/thrift/binary_protocol.js' {
  export default class TBinaryProtocol {
    /** The message that is being written, or null. */
    _seqid: number | null;
    constructor(transport: object, strictRead?: boolean, strictWrite?: boolean);
    writeMessageBegin(name: string, type: number, seqid: number): void;
    writeByte(value: number): void;
    writeI16(value: number): void;
    writeI32(value: number): void;
    writeString(value: string): void;
    readMessageBegin(): { fname: string; mtype: number; rseqid: number };
  }
}

declare module 'thrift/lib/nodejs/lib/thrift/thrift.js' {
  interface ThriftModule {
    MessageType: { CALL: number; REPLY: number; EXCEPTION: number; ONEWAY: number };
    TApplicationException: new (
      type?: number,
      message?: string,
    ) => Error & {
      type?: number;
      write(output: object): void;
    };
  }
  const Thrift: ThriftModule;
  export default Thrift;
}

declare module '*/gen/TaskService.js' {
  const service: {
    Client: new <Output extends object>(
      output: Output,
      protocol: new (transport: Output) => object,
    ) => { new_seqid(): number };
    Processor: new (handler: object) => object;
  };
  export default service;
}

declare module '*/gen/SchedulerService.js' {
  const service: {
    Client: new (output: object, protocol: new (transport: object) => object) => object;
    Processor: new (handler: object) => object;
  };
  export default service;
}

declare module '*/gen/base_types.js' {
  const types: {
    ResultCode: { SUCCESS: number; PARAMETER_ERROR: number; EXCEPTION: number };
    ServiceBaseResult: new (args: { resultCode: number; message?: string }) => object;
  };
  export default types;
}
