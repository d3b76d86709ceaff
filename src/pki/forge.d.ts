// The part of node-forge we use, by the path that loads no more than that (@types/node-forge types the whole package only).
declare module 'node-forge/lib/pkcs12.js' {
  const nothing: unknown;
  export default nothing;
}

declare module 'node-forge/lib/forge.js' {
  interface Asn1 {
    readonly tagClass: number;
  }
  const forge: {
    readonly asn1: { fromDer(bytes: string): Asn1; toDer(of: Asn1): { getBytes(): string } };
    readonly pki: { readonly oids: { readonly certBag: string }; certificateToAsn1(of: object): Asn1 };
    readonly pkcs5: {
      pbkdf2: (
        password: string,
        salt: string,
        rounds: number,
        size: number,
        digest?: { readonly algorithm: string },
      ) => string;
    };
    readonly pkcs12: {
      pkcs12FromAsn1(
        of: Asn1,
        strict: boolean,
        password: string,
      ): {
        readonly safeContents: readonly {
          readonly safeBags: readonly { readonly type: string; readonly cert?: object | null; readonly asn1?: Asn1 }[];
        }[];
      };
    };
  };
  export default forge;
}
